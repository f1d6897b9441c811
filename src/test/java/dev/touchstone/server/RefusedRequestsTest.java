package dev.touchstone.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.util.Json;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Requests that are refused: status, code, the parameter, and a message that names what was found and what was expected. */
class RefusedRequestsTest extends StorytellerServer {

    private record Case(String path, String body, int status, String code, String param, String... words) {}

    private static Case completion(String fields, String code, String param, String... words) {
        String body = "{'prompt': 'The', 'max_tokens': 1" + (fields.isEmpty() ? "" : ", " + fields) + "}";
        return new Case("/v1/completions", body, 400, code, param, words);
    }

    private static Case chat(String fields, String code, String param, String... words) {
        String messages = fields.startsWith("'messages'") ? "" : "'messages': [{'role': 'user', 'content': 'x'}]";
        String comma = messages.isEmpty() || fields.isEmpty() ? "" : ", ";
        return new Case("/v1/chat/completions", "{" + messages + comma + fields + "}", 400, code, param, words);
    }

    private static Case raw(String body, String code, String param, String... words) {
        return new Case("/v1/completions", body, 400, code, param, words);
    }

    private static Stream<Case> cases() {
        String unsupported = "unsupported_parameter";
        String unknown = "unknown_parameter";
        String invalid = "invalid_value";
        String context = "context_length_exceeded";
        return Stream.of(
                raw("", "invalid_json", null, "the body is empty"),
                raw("{", "invalid_json", null, "column"),
                raw("{'prompt': 1} x", "invalid_json", null),
                raw("{'prompt': 'a', 'prompt': 'b'}", "invalid_json", null, "Duplicate"),
                raw("{'prompt': NaN}", "invalid_json", null),
                raw("[1]", invalid, null, "the body is a list, expected an object"),
                raw("{}", invalid, "prompt", "prompt is missing"),
                raw("{'prompt': null}", invalid, "prompt"),
                raw("{'prompt': 7}", invalid, "prompt", "prompt is 7, expected a string"),
                raw("{'prompt': {}}", invalid, "prompt", "an object"),
                raw("{'prompt': []}", invalid, "prompt", "a list of 0"),
                raw("{'prompt': ''}", invalid, "prompt", "no tokens"),
                raw("{'prompt': ['a', '']}", invalid, "prompt[1]"),
                raw("{'prompt': ['a', 1]}", invalid, "prompt[1]"),
                raw("{'prompt': [1, 'a']}", invalid, "prompt[1]", "a whole number"),
                raw("{'prompt': [1, 2.5]}", invalid, "prompt[1]"),
                raw("{'prompt': [1, -2]}", invalid, "prompt[1]"),
                raw("{'prompt': [2000]}", invalid, "prompt", "2000", "0 to 1999"),
                raw("{'prompt': [[1], [99999]]}", invalid, "prompt[1]"),
                raw("{'prompt': [1e3]}", invalid, "prompt[0]"),
                raw("{'prompt': '\\\\ud800'}", invalid, "prompt", "half a character"),
                raw("{'prompt': 'x', 'model': 7}", invalid, "model"),
                completion("'max_token': 2", unknown, "max_token", "did you mean max_tokens?"),
                completion("'temprature': 2", unknown, "temprature", "temperature"),
                completion("'best_of': 2", unsupported, "best_of", "not supported", "1"),
                completion("'suffix': 'x'", unsupported, "suffix"),
                completion("'temperature': 'hot'", invalid, "temperature", "\"hot\"", "from 0 to 2"),
                completion("'temperature': 2.01", invalid, "temperature", "2.01"),
                completion("'temperature': -0.1", invalid, "temperature"),
                completion("'temperature': 1e999", invalid, "temperature"),
                completion("'top_p': 1.5", invalid, "top_p"),
                completion("'min_p': -1", invalid, "min_p"),
                completion("'top_k': -2", invalid, "top_k"),
                completion("'top_k': 2.5", invalid, "top_k"),
                completion("'presence_penalty': 2.5", invalid, "presence_penalty", "from -2 to 2"),
                completion("'frequency_penalty': -2.5", invalid, "frequency_penalty"),
                completion("'repetition_penalty': 0", invalid, "repetition_penalty"),
                completion("'seed': 1.5", invalid, "seed"),
                completion("'seed': 9223372036854775808", invalid, "seed", "64 bits"),
                completion("'n': 0", invalid, "n"),
                completion("'n': 129", invalid, "n", "from 1 to 128"),
                completion("'n': 'two'", invalid, "n"),
                completion("'stop': ''", invalid, "stop", "empty"),
                completion("'stop': []", invalid, "stop"),
                completion("'stop': [1]", invalid, "stop"),
                completion("'stop': 1", invalid, "stop"),
                completion("'stop': '\\\\udc00'", invalid, "stop", "half a character"),
                completion("'logprobs': 21", invalid, "logprobs"),
                completion("'logprobs': true", invalid, "logprobs"),
                completion("'echo': 1", invalid, "echo", "true or false"),
                completion("'stream': 'yes'", invalid, "stream"),
                completion("'stream_options': {'include_usage': true}", invalid, "stream_options", "stream"),
                completion("'stream': true, 'stream_options': {'x': 1}", unknown, "stream_options.x"),
                completion("'stream': true, 'stream_options': 1", invalid, "stream_options"),
                completion("'user': 1", invalid, "user"),
                completion("'logit_bias': 1", invalid, "logit_bias"),
                completion("'logit_bias': {'x': 1}", invalid, "logit_bias", "no token id"),
                completion("'logit_bias': {'2000': 1}", invalid, "logit_bias", "0 to 1999"),
                completion("'logit_bias': {'1': 101}", invalid, "logit_bias.1"),
                completion("'temperature': 1e-45", null, null, "temperature"),
                raw("{'prompt': 'The', 'max_tokens': -1}", invalid, "max_tokens"),
                raw("{'prompt': 'The', 'max_tokens': 1.5}", invalid, "max_tokens"),
                raw("{'prompt': 'The', 'max_tokens': 257}", context, "prompt", "256 positions", "at most 256"),
                raw("{'prompt': 'The', 'max_tokens': 2147483647}", context, "prompt"),
                raw("{'prompt': '" + "king ".repeat(300) + "'}", context, "prompt", "256 positions"),
                raw("{'prompt': " + ids(257) + "}", context, "prompt", "257 tokens"),
                chat("'max_tokens': 0", invalid, "max_tokens"),
                chat("'max_tokens': 1, 'max_completion_tokens': 2", invalid, "max_tokens", "two names"),
                chat("'top_logprobs': 2", invalid, "top_logprobs", "logprobs"),
                chat("'logprobs': true, 'top_logprobs': 21", invalid, "top_logprobs"),
                chat("'logprobs': 3", invalid, "logprobs"),
                chat("'messages': []", invalid, "messages"),
                chat("'messages': null", invalid, "messages", "missing"),
                chat("'messages': 'x'", invalid, "messages"),
                chat("'messages': [1]", invalid, "messages[0]"),
                chat("'messages': [{'content': 'x'}]", invalid, "messages[0].role", "missing"),
                chat("'messages': [{'role': 'robot', 'content': 'x'}]", invalid, "messages[0].role", "robot"),
                chat("'messages': [{'role': 'user'}]", invalid, "messages[0].content"),
                chat("'messages': [{'role': 'user', 'content': 1}]", invalid, "messages[0].content"),
                chat("'messages': [{'role': 'user', 'content': []}]", invalid, "messages[0].content"),
                chat("'messages': [{'role': 'user', 'content': 'x', 'mood': 1}]", unknown, "messages[0].mood"),
                chat(
                        "'messages': [{'role': 'user', 'content': [{'type': 'image_url', 'image_url': {}}]}]",
                        unsupported,
                        "messages[0].content[0].type",
                        "image_url",
                        "text only"),
                chat(
                        "'messages': [{'role': 'user', 'content': [{'type': 'text'}]}]",
                        invalid,
                        "messages[0].content[0].text"),
                chat(
                        "'messages': [{'role': 'assistant', 'function_call': {}}]",
                        unsupported,
                        "messages[0].function_call"),
                chat(
                        "'messages': [{'role': 'assistant', 'tool_calls': [{'function': {'name': 'f', 'arguments': 'x'}}]}]",
                        invalid,
                        "messages[0].tool_calls[0].function.arguments",
                        "JSON"),
                chat("'tools': [{'type': 'function', 'function': {'name': 'f'}}]", unsupported, "tools", "storyteller"),
                chat("'tools': [{'type': 'function', 'function': {'name': 'f g'}}]", invalid, "tools[0].function.name"),
                chat(
                        "'tools': [{'type': 'function', 'function': {'name': 'f', 'strict': true}}]",
                        unsupported,
                        "tools[0].function.strict"),
                chat("'tool_choice': 'auto'", invalid, "tool_choice", "needs tools"),
                chat("'tools': [], 'tool_choice': 'required'", unsupported, "tool_choice"),
                chat("'response_format': {'type': 'json_object'}", unsupported, "response_format"),
                chat("'response_format': {'type': 'json_schema', 'json_schema': {}}", unsupported, "response_format"),
                chat("'functions': []", unsupported, "functions"),
                chat("'parallel_tool_calls': false", unsupported, "parallel_tool_calls", "true"),
                chat("'reasoning_effort': 'low'", unsupported, "reasoning_effort"),
                chat("'store': true", unsupported, "store"),
                chat("'best_of': 1", unknown, "best_of"),
                chat("'chat_template_kwargs': {'messages': 1}", null, null, "messages"),
                chat("", null, null, "no chat template"),
                new Case(
                        "/v1/completions",
                        "{'prompt': 'x', 'model': 'gpt-4'}",
                        404,
                        "model_not_found",
                        "model",
                        "gpt-4"),
                new Case("/v1/embeddings", "{}", 400, invalid, "input"),
                new Case("/v1/embeddings", "{'input': 'x', 'dimensions': 3}", 400, unsupported, "dimensions"),
                new Case(
                        "/v1/embeddings",
                        "{'input': 'x', 'encoding_format': 'hex'}",
                        400,
                        invalid,
                        "encoding_format",
                        "base64"),
                new Case("/v1/embeddings", "{'input': 'x', 'pooling': 'max'}", 400, invalid, "pooling", "last or mean"),
                new Case("/v1/embeddings", "{'input': " + ids(300) + "}", 400, context, "input"),
                new Case("/tokenize", "{}", 400, invalid, "prompt"),
                new Case("/tokenize", "{'prompt': 'x', 'y': 1}", 400, unknown, "y"),
                new Case("/detokenize", "{}", 400, invalid, "tokens"),
                new Case("/detokenize", "{'tokens': [2000]}", 400, invalid, "tokens"),
                new Case("/detokenize", "{'tokens': ['x']}", 400, invalid, "tokens[0]"),
                new Case("/explain", "{'prompt': ['a', 'b']}", 400, invalid, "n"),
                new Case("/explain", "{'prompt': 'The', 'max_tokens': 0}", 400, null, null, "new tokens"));
    }

    private static String ids(int count) {
        return "[1" + ",1".repeat(count - 1) + "]";
    }

    @TestFactory
    Stream<DynamicTest> eachIsRefusedWithItsReason() {
        return cases().map(it -> DynamicTest.dynamicTest(it.path + " " + shortened(it.body), () -> {
            HttpResponse<String> response =
                    server.post(it.path, it.body.replace('\'', '"').replace("\\\\", "\\"));

            assertThat(response.statusCode()).as(response.body()).isEqualTo(it.status);
            JsonNode error = Json.value("the error", response.body()).get("error");
            assertThat(error.fieldNames()).toIterable().containsExactly("message", "type", "param", "code");
            assertThat(error.get("type").textValue()).isEqualTo("invalid_request_error");
            assertThat(error.get("code").textValue()).as(response.body()).isEqualTo(it.code);
            assertThat(error.get("param").textValue()).as(response.body()).isEqualTo(it.param);
            assertThat(error.get("message").textValue()).doesNotContain("\n", "--");
            assertThat(it.words)
                    .allSatisfy(
                            word -> assertThat(error.get("message").textValue()).contains(word));
            assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
        }));
    }

    private static String shortened(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "...";
    }

    /** OpenAI allows null for every parameter that need not be set. */
    @Test
    void nullMeansNotSet() {
        String body = Stream.of(
                        "max_tokens",
                        "temperature",
                        "top_p",
                        "top_k",
                        "min_p",
                        "presence_penalty",
                        "frequency_penalty",
                        "repetition_penalty",
                        "logit_bias",
                        "seed",
                        "stop",
                        "n",
                        "echo",
                        "logprobs",
                        "stream",
                        "stream_options",
                        "user",
                        "model",
                        "best_of",
                        "suffix")
                .reduce("{\"prompt\": \"The\"", (all, name) -> all + ", \"" + name + "\": null", String::concat);

        assertThat(server.post("/v1/completions", body + "}").statusCode()).isEqualTo(200);
    }

    /** The number of tokens that OpenAI documents for a request without a limit. */
    @Test
    void aCompletionWithoutALimitHas16Tokens() {
        JsonNode answer = server.postForJson("/v1/completions", "{\"prompt\": \"The\"}");

        assertThat(answer.at("/usage/completion_tokens").intValue()).isEqualTo(16);
    }

    @Test
    void unknownPathsAndMethodsAreNamed() {
        HttpResponse<String> missing = server.get("/v1/nothing");
        HttpResponse<String> method = server.get("/v1/completions");
        HttpResponse<String> delete = server.send(server.request("/v1/models").DELETE());

        assertThat(missing.statusCode()).isEqualTo(404);
        assertThat(missing.body()).contains("unknown_url");
        assertThat(method.statusCode()).isEqualTo(405);
        assertThat(method.headers().firstValue("Allow")).contains("POST");
        assertThat(delete.statusCode()).isEqualTo(405);
        assertThat(delete.headers().firstValue("Allow")).contains("GET");
        assertThat(server.get("/v1/models/gpt-4").statusCode()).isEqualTo(404);
        assertThat(server.get("/v1/models/storyteller").statusCode()).isEqualTo(200);
    }

    @Test
    void aBodyThatIsNotDeclaredAsJsonIsRefused() {
        for (String type : new String[] {"text/plain", "application/x-www-form-urlencoded", "application/jsonx"}) {
            HttpResponse<String> response = server.send(server.request("/v1/completions")
                    .setHeader("Content-Type", type)
                    .POST(BodyPublishers.ofString("{\"prompt\": \"The\"}")));

            assertThat(response.statusCode()).as(type).isEqualTo(415);
            assertThat(response.body()).contains("application/json");
        }
        assertThat(server.send(server.request("/v1/completions")
                                .setHeader("Content-Type", "Application/JSON; charset=utf-8")
                                .POST(BodyPublishers.ofString("{\"prompt\": \"The\", \"max_tokens\": 1}")))
                        .statusCode())
                .isEqualTo(200);
    }
}
