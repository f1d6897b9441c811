package dev.touchstone.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.LanguageModel;
import dev.touchstone.util.Json;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Chats with a model that writes a given answer. The template prints what it gets, so that the prompt shows it. */
class ChatTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String PLAIN = "{% for m in messages %}[{{ m.role }}:{{ m.content }}]{% endfor %}{{ mood }}>";
    private static final String HERMES =
            "{% if tools %}{{ tools | tojson }}<tool_call>{\"name\": n, \"arguments\": a}</tool_call>"
                    + "{% endif %}{% for m in messages %}[{{ m.role }}:{{ m.content }}{% for c in m.tool_calls or [] %}"
                    + "{{ c.function.name }}({{ c.function.arguments.city }}){% endfor %}]{% endfor %}>";
    private static final String LLAMA = "{% if tools %}Respond in the format {\"name\": function name, \"parameters\": "
            + "dictionary of argument name and its value}.{{ tools | tojson }}{% endif %}"
            + "{% for m in messages %}[{{ m.role }}:{{ m.content }}]{% endfor %}>";
    private static final String TOOLS =
            "'tools': [{'type': 'function', 'function': {'name': 'weather', 'description': 'd',"
                    + " 'parameters': {'type': 'object', 'properties': {'city': {'type': 'string'}}}}}]";
    private static final String USER = "'messages': [{'role': 'user', 'content': 'Hi'}]";

    @TempDir
    private Path folder;

    private static String json(String text) {
        return text.replace('\'', '"');
    }

    private static String prompt(TestServer server, LanguageModel model, String fields) {
        JsonNode answer = server.postForJson(CHAT, json("{'max_tokens': 1, 'temperature': 0, " + fields + "}"));
        int[] ids = new int[answer.at("/touchstone/prompt_ids/0").size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = answer.at("/touchstone/prompt_ids/0").get(i).intValue();
        }
        return model.tokenizer().decode(ids);
    }

    @Test
    void anAnswerIsAMessage() {
        try (LanguageModel model = Scripted.chat(folder, "Hello you", PLAIN);
                TestServer server = TestServer.of(model)) {
            JsonNode answer = server.postForJson(
                    CHAT,
                    json("{" + USER + ", 'temperature': 0, 'max_tokens': null, 'logprobs': true, 'top_logprobs': 2}"));

            assertThat(answer.get("object").textValue()).isEqualTo("chat.completion");
            assertThat(answer.get("id").textValue()).matches("chatcmpl-[0-9a-f]{32}");
            assertThat(answer.get("system_fingerprint").textValue()).isEqualTo("fp_0123456789abcdef");
            JsonNode choice = answer.get("choices").get(0);
            assertThat(choice.get("message"))
                    .hasToString(json("{'role':'assistant','content':'Hello you','refusal':null}"));
            assertThat(choice.get("finish_reason").textValue()).isEqualTo("stop");
            JsonNode logprobs = choice.at("/logprobs/content");
            assertThat(logprobs).hasSize(9);
            assertThat(logprobs.get(0).get("token").textValue()).isEqualTo("H");
            assertThat(logprobs.get(0).get("bytes")).hasToString("[72]");
            assertThat(logprobs.get(0).get("top_logprobs")).hasSize(2);
            assertThat(answer.at("/usage/completion_tokens").intValue()).isEqualTo(10); // with the end-of-text token
        }
    }

    @Test
    void aStreamBeginsWithTheRoleAndEndsWithTheReason() {
        try (LanguageModel model = Scripted.chat(folder, "Hello", PLAIN);
                TestServer server = TestServer.of(model)) {
            List<JsonNode> events =
                    TestServer.events(server.post(CHAT, json("{" + USER + ", 'temperature': 0, 'stream': true}"))
                            .body());

            List<String> deltas = events.stream()
                    .map(event -> event.at("/choices/0/delta").toString())
                    .toList();
            assertThat(deltas)
                    .startsWith(json("{'role':'assistant','content':''}"), json("{'content':'H'}"))
                    .endsWith(json("{'content':'o'}"), "{}");
            assertThat(events.stream().map(event -> event.get("object").textValue()))
                    .containsOnly("chat.completion.chunk");
            assertThat(events.stream().map(event -> event.get("id").textValue()).distinct())
                    .hasSize(1);
            assertThat(events.get(events.size() - 1)
                            .at("/choices/0/finish_reason")
                            .textValue())
                    .isEqualTo("stop");
        }
    }

    @Test
    void theTemplateGetsMessagesPartsAndVariables() {
        try (LanguageModel model = Scripted.chat(folder, "x", PLAIN);
                TestServer server = TestServer.of(model)) {
            String messages =
                    "'messages': [{'role': 'developer', 'content': 'Be kind.', 'name': null}, {'role': 'user', 'content':"
                            + " [{'type': 'text', 'text': 'One'}, {'type': 'text', 'text': 'two'}]},"
                            + " {'role': 'assistant', 'content': 'Yes', 'refusal': null}, {'role': 'user', 'content': 'Go'}]";

            assertThat(prompt(server, model, messages + ", 'chat_template_kwargs': {'mood': 'glad'}"))
                    .isEqualTo("[system:Be kind.][user:One\ntwo][assistant:Yes][user:Go]glad>");
        }
    }

    @Test
    void hermesCallsAreReturned() {
        String script =
                "Let me see.\n<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"city\": \"Oslo\"}}\n</tool_call>\n"
                        + "<tool_call>{\"name\": \"weather\", \"arguments\": {}}</tool_call>";
        try (LanguageModel model = Scripted.chat(folder, script, HERMES);
                TestServer server = TestServer.of(model)) {
            String request = "{" + USER + ", 'temperature': 0, " + TOOLS;

            JsonNode whole =
                    server.postForJson(CHAT, json(request + "}")).get("choices").get(0);
            List<JsonNode> events = TestServer.events(
                    server.post(CHAT, json(request + ", 'stream': true}")).body());
            JsonNode none = server.postForJson(CHAT, json(request + ", 'tool_choice': 'none'}"))
                    .get("choices")
                    .get(0);

            JsonNode message = whole.get("message");
            assertThat(whole.get("finish_reason").textValue()).isEqualTo("tool_calls");
            assertThat(message.get("content").textValue()).isEqualTo("Let me see.");
            assertThat(message.get("tool_calls")).hasSize(2);
            JsonNode first = message.get("tool_calls").get(0);
            assertThat(first.get("type").textValue()).isEqualTo("function");
            assertThat(first.get("function"))
                    .hasToString("{\"name\":\"weather\",\"arguments\":\"{\\\"city\\\":\\\"Oslo\\\"}\"}");
            List<JsonNode> calls = events.stream()
                    .map(event -> event.at("/choices/0/delta/tool_calls/0"))
                    .filter(call -> !call.isMissingNode())
                    .toList();
            assertThat(calls).hasSize(2);
            for (int i = 0; i < 2; i++) {
                assertThat(calls.get(i).get("index").intValue()).isEqualTo(i);
                assertThat(calls.get(i).get("id"))
                        .isEqualTo(message.get("tool_calls").get(i).get("id"));
                assertThat(calls.get(i).get("function"))
                        .isEqualTo(message.get("tool_calls").get(i).get("function"));
            }
            assertThat(events.stream()
                            .map(event -> event.at("/choices/0/delta/content").asText())
                            .collect(Collectors.joining()))
                    .isEqualTo("Let me see.");
            assertThat(events.get(events.size() - 1)
                            .at("/choices/0/finish_reason")
                            .textValue())
                    .isEqualTo("tool_calls");
            assertThat(none.at("/message/content").textValue()).isEqualTo(script);
            assertThat(none.get("message").has("tool_calls")).isFalse();
        }
    }

    @Test
    void earlierCallsReachTheTemplateAsObjects() {
        try (LanguageModel model = Scripted.chat(folder, "x", HERMES);
                TestServer server = TestServer.of(model)) {
            String messages =
                    "'messages': [{'role': 'user', 'content': 'Hi'}, {'role': 'assistant', 'content': null, 'tool_calls':"
                            + " [{'id': 'c1', 'type': 'function', 'function': {'name': 'weather', 'arguments': '{\\'city\\': \\'Oslo\\'}'}}]},"
                            + " {'role': 'tool', 'tool_call_id': 'c1', 'content': 'rain'}]";

            assertThat(prompt(server, model, messages)).isEqualTo("[user:Hi][assistant:weather(Oslo)][tool:rain]>");
        }
    }

    @Test
    void aLlamaCallIsReturned() {
        String script = "{\"name\": \"weather\", \"parameters\": {\"city\": \"Oslo\"}}";
        try (LanguageModel model = Scripted.chat(folder, script, LLAMA);
                TestServer server = TestServer.of(model)) {
            JsonNode choice = server.postForJson(CHAT, json("{" + USER + ", 'temperature': 0, " + TOOLS + "}"))
                    .get("choices")
                    .get(0);

            assertThat(choice.get("finish_reason").textValue()).isEqualTo("tool_calls");
            assertThat(choice.at("/message/content").isNull()).isTrue();
            assertThat(choice.at("/message/tool_calls/0/function/arguments").textValue())
                    .isEqualTo("{\"city\":\"Oslo\"}");
        }
    }

    /** The formats of GLM 4.5, Qwen3-Coder and Mistral, which are not JSON between the tags of Hermes. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "<tool_call>name<arg_key>k</arg_key><arg_value>v</arg_value></tool_call> \"arguments\"",
                "<tool_call><function=f><parameter=k>v</parameter></function></tool_call> \"arguments\"",
                "[TOOL_CALLS][{\"name\": n, \"arguments\": a}]"
            })
    void functionsAreRefusedIfTheFormatOfCallsIsUnknown(String format) {
        try (LanguageModel model = Scripted.chat(folder, "x", "{% if tools %}" + format + "{% endif %}" + PLAIN);
                TestServer server = TestServer.of(model)) {
            HttpResponse<String> refused = server.post(CHAT, json("{" + USER + ", " + TOOLS + "}"));

            assertThat(refused.statusCode()).isEqualTo(400);
            JsonNode error = Json.value("the error", refused.body()).get("error");
            assertThat(error.get("code").textValue()).isEqualTo("unsupported_parameter");
            assertThat(error.get("param").textValue()).isEqualTo("tools");
            assertThat(server.post(CHAT, json("{" + USER + ", 'max_tokens': 1}"))
                            .statusCode())
                    .isEqualTo(200);
        }
    }
}
