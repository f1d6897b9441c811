package dev.touchstone.server;

import static dev.touchstone.server.Storyteller.MODEL;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.server.api.Alone;
import dev.touchstone.serving.Limits;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bytes of an answer are those of the same request computed alone, but for the time of creation. */
class SameAnswersTest extends StorytellerServer {
    private static final String COMPLETIONS = "/v1/completions";

    /** Requests of many kinds. */
    private static final List<String> REQUESTS = List.of(
            "{'prompt': 'The king', 'max_tokens': 9}",
            "{'prompt': [308, 1207, 406], 'max_tokens': 5, 'temperature': 0.9, 'seed': 5}",
            "{'prompt': ['The king', 'Once upon a time'], 'n': 2, 'max_tokens': 4, 'temperature': 1.3, 'seed': 77, 'top_p': 0.9}",
            "{'prompt': [[308, 1207], [5]], 'max_tokens': 3, 'temperature': 0, 'top_p': 0.5, 'seed': 1, 'top_k': 3}",
            "{'prompt': 'There was once a poor', 'max_tokens': 3, 'logprobs': 3, 'echo': true}",
            "{'prompt': 'There was once', 'max_tokens': 0, 'logprobs': 0, 'echo': true}",
            "{'prompt': 'There was', 'max_tokens': 4, 'echo': true, 'model': 'storyteller', 'user': 'me'}",
            "{'prompt': 'The fox', 'max_tokens': 8, 'logprobs': 1, 'stop': ['who', ' by the']}",
            "{'prompt': 'The fox', 'max_tokens': 6, 'presence_penalty': 2, 'frequency_penalty': -1.5}",
            "{'prompt': 'The fox', 'max_tokens': 6, 'logit_bias': {'12': -100, '258': 3.5}, 'repetition_penalty': 1.2}",
            "{'prompt': 'A', 'max_tokens': null, 'stop': null, 'n': null, 'logprobs': null, 'stream': null, 'seed': null}",
            "{'prompt': 'The old king', 'max_tokens': 7, 'temperature': 0.7, 'min_p': 0.05, 'seed': -3, 'top_k': 0}");

    private static String json(String request) {
        return request.replace('\'', '"');
    }

    private static String streamed(String request) {
        return json(request.substring(0, request.length() - 1).replace(", 'stream': null", "") + ", 'stream': true}");
    }

    private static String expected(String request) {
        return Alone.answer(MODEL, json(request), TestServer.FINGERPRINT).toString();
    }

    /** The answer with the time that {@link Alone} has. */
    private static String timeless(String answer) {
        return answer.replaceAll("\"created\":\\d+", "\"created\":" + Alone.CREATED);
    }

    @Test
    void anAnswerEqualsThatOfTheRequestAlone() {
        for (String request : REQUESTS) {
            HttpResponse<String> response = server.post(COMPLETIONS, json(request));

            assertThat(timeless(response.body())).as(request).isEqualTo(expected(request));
            String digest = server.json(response).at("/touchstone/digest").textValue();
            assertThat(response.headers().firstValue("Touchstone-Digest"))
                    .as(request)
                    .contains(digest);
            assertThat(digest).matches("[0-9a-f]{64}");
        }
    }

    @Test
    void aStreamHasTheBytesOfTheRequestAlone() {
        for (String request : REQUESTS) {
            String body = server.post(COMPLETIONS, streamed(request)).body();

            List<String> expected = Alone.chunks(MODEL, streamed(request), TestServer.FINGERPRINT).stream()
                    .map(ObjectNode::toString)
                    .toList();
            assertThat(TestServer.events(timeless(body)).stream().map(JsonNode::toString))
                    .as(request)
                    .containsExactlyElementsOf(expected);
        }
    }

    @Test
    void theChunksOfAStreamAddUpToTheWholeAnswer() {
        for (String request : REQUESTS) {
            JsonNode whole = server.postForJson(COMPLETIONS, json(request));
            List<JsonNode> events = TestServer.events(
                    server.post(COMPLETIONS, streamed(request)).body());

            assertThat(events)
                    .as(request)
                    .allSatisfy(event -> assertThat(event.get("choices")).hasSize(1)); // usage was not asked for
            for (JsonNode choice : whole.get("choices")) {
                List<JsonNode> own = events.stream()
                        .map(event -> event.get("choices").get(0))
                        .filter(chunk -> chunk.get("index").equals(choice.get("index")))
                        .toList();
                assertThat(own.stream()
                                .map(chunk -> chunk.get("text").textValue())
                                .collect(Collectors.joining()))
                        .isEqualTo(choice.get("text").textValue());
                assertThat(own.stream().flatMap(chunk -> elements(chunk.at("/logprobs/token_logprobs"))))
                        .containsExactlyElementsOf(
                                elements(choice.at("/logprobs/token_logprobs")).toList());
                assertThat(own.stream()
                                .filter(chunk -> !chunk.get("finish_reason").isNull()))
                        .containsExactly(own.get(own.size() - 1));
            }
            assertThat(events.get(events.size() - 1).get("touchstone")).isEqualTo(whole.get("touchstone"));
        }
    }

    private static Stream<JsonNode> elements(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    /** Among others, of which some disconnect at random moments. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void amongManyOthersEachAnswerIsTheSame(long seed) throws IOException {
        Random random = new Random(seed);
        List<String> sent = new ArrayList<>();
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        List<Socket> cancelled = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            String request = REQUESTS.get(random.nextInt(REQUESTS.size()));
            if (random.nextInt(3) == 0) {
                Socket socket = server.connect();
                socket.getOutputStream().write(TestServer.bytes(COMPLETIONS, streamed(request)));
                cancelled.add(socket);
            } else {
                sent.add(request);
                answers.add(server.postLater(COMPLETIONS, json(request)));
            }
            if (!cancelled.isEmpty() && random.nextBoolean()) {
                cancelled.remove(random.nextInt(cancelled.size())).close();
            }
        }
        for (Socket socket : cancelled) {
            socket.close();
        }

        for (int i = 0; i < sent.size(); i++) {
            assertThat(timeless(answers.get(i).join().body())).as(sent.get(i)).isEqualTo(expected(sent.get(i)));
        }
    }

    @Test
    void aServerWithOtherLimitsGivesTheSameAnswers() {
        Limits small = Limits.defaults().withRunning(2).withStepTokens(7).withChunkTokens(3);
        try (TestServer other = TestServer.of(MODEL, ServerOptions.defaults(), small)) {
            List<CompletableFuture<HttpResponse<String>>> answers = REQUESTS.stream()
                    .map(request -> other.postLater(COMPLETIONS, json(request)))
                    .toList();

            for (int i = 0; i < answers.size(); i++) {
                assertThat(timeless(answers.get(i).join().body())).isEqualTo(expected(REQUESTS.get(i)));
            }
        }
    }

    @Test
    void aSeedIsChosenAndStatedIfTheRequestHasNone() {
        String request = json("{'prompt': 'The king', 'max_tokens': 5, 'temperature': 1}");

        JsonNode first = server.postForJson(COMPLETIONS, request);
        JsonNode second = server.postForJson(COMPLETIONS, request);

        long seed = first.at("/touchstone/choices/0/seed").longValue();
        assertThat(second.at("/touchstone/choices/0/seed").longValue()).isNotEqualTo(seed);
        JsonNode again = server.postForJson(COMPLETIONS, request.replace("}", ", \"seed\": " + seed + "}"));
        assertThat(again.get("choices")).isEqualTo(first.get("choices"));
        assertThat(again.get("touchstone")).isEqualTo(first.get("touchstone"));
    }

    /** Usage counts each prompt once, and each new token, those of stop strings too. */
    @Test
    void usageIsWhole() {
        String request = "{'prompt': ['The king', 'Once upon a time'], 'n': 3, 'max_tokens': 4, 'temperature': 0";

        JsonNode usage = server.postForJson(COMPLETIONS, json(request + "}")).get("usage");
        List<JsonNode> events = TestServer.events(
                server.post(COMPLETIONS, json(request + ", 'stream': true, 'stream_options': {'include_usage': true}}"))
                        .body());

        assertThat(usage.get("prompt_tokens").intValue()).isEqualTo(2 + 5);
        assertThat(usage.get("completion_tokens").intValue()).isEqualTo(6 * 4);
        assertThat(usage.get("total_tokens").intValue()).isEqualTo(7 + 24);
        JsonNode last = events.remove(events.size() - 1);
        assertThat(last.get("usage")).isEqualTo(usage);
        assertThat(last.get("choices")).isEmpty();
        assertThat(events).allSatisfy(event -> {
            assertThat(event.get("usage").isNull()).isTrue();
            assertThat(event.get("choices")).hasSize(1);
        });
    }
}
