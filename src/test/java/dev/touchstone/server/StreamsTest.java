package dev.touchstone.server;

import static dev.touchstone.server.Storyteller.MODEL;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.LanguageModel;
import dev.touchstone.serving.Limits;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Streams whose clients disconnect, read slowly or wait, and the text in their chunks. */
@Timeout(60)
class StreamsTest {
    private static final String COMPLETIONS = "/v1/completions";

    @TempDir
    private static Path folder;

    private static ServerOptions options(int streamBytes, Duration writeTime, Duration keepAlive) {
        ServerOptions.Limits defaults = ServerOptions.Limits.defaults();
        return ServerOptions.defaults()
                .withLimits(new ServerOptions.Limits(
                        defaults.bodyBytes(),
                        defaults.connections(),
                        defaults.requestTime(),
                        defaults.idleTime(),
                        streamBytes,
                        writeTime,
                        keepAlive));
    }

    private static String request(String prompt, int tokens, String more) {
        return "{\"prompt\": \"" + prompt + "\", \"max_tokens\": " + tokens + ", \"stream\": true" + more + "}";
    }

    /** Decoding: its text has begun. Prefilling and queued: others occupy the engine. */
    @Test
    void aDisconnectEndsTheRequestAtOnceInEachState() throws IOException {
        try (TestServer server =
                TestServer.of(MODEL, ServerOptions.defaults(), Limits.defaults().withRunning(1))) {
            Socket decoding = server.connect();
            decoding.getOutputStream().write(TestServer.bytes(COMPLETIONS, request("The king", 250, "")));
            BufferedReader lines = new BufferedReader(new InputStreamReader(decoding.getInputStream(), UTF_8));
            while (!lines.readLine().startsWith("data: ")) {
                // the head of the response
            }
            Socket queued = server.connect();
            queued.getOutputStream().write(TestServer.bytes(COMPLETIONS, request("Once", 250, "")));
            TestServer.await("a queued request", () -> server.metric("touchstone_requests_queued") == 1);

            queued.close();
            TestServer.await(
                    "the end of the queued one",
                    () -> server.metric("touchstone_texts_total{outcome=\"cancelled\"}") == 1);
            assertThat(server.metric("touchstone_requests_running")).isEqualTo(1);
            decoding.close();
            TestServer.await(
                    "the end of the other", () -> server.metric("touchstone_texts_total{outcome=\"cancelled\"}") == 2);

            assertThat(server.metric("touchstone_requests_running")).isZero();
            assertThat(server.metric("touchstone_pages_used")).isZero();
            assertThat(server.metric("touchstone_http_requests_total{route=\"/v1/completions\",status=\"499\"}"))
                    .isEqualTo(2);
        }
    }

    @Test
    void aDisconnectWhileThePromptIsComputedEndsTheRequest() throws IOException {
        Limits small = Limits.defaults().withRunning(1).withStepTokens(2).withChunkTokens(1);
        try (TestServer server = TestServer.of(MODEL, ServerOptions.defaults(), small)) {
            Socket prefilling = server.connect();
            prefilling.getOutputStream().write(TestServer.bytes(COMPLETIONS, request("the king ".repeat(100), 5, "")));
            TestServer.await("a running request", () -> server.metric("touchstone_requests_running") == 1);

            prefilling.close();

            TestServer.await("its end", () -> server.metric("touchstone_requests_running") == 0);
            assertThat(server.metric("touchstone_texts_total{outcome=\"cancelled\"}"))
                    .isEqualTo(1);
            assertThat(server.metric("touchstone_generated_tokens_total")).isZero();
        }
    }

    /** Not only streams: a client of a whole answer may go away as well. */
    @Test
    void aDisconnectEndsARequestForAWholeAnswer() throws IOException {
        try (TestServer server = TestServer.of(MODEL)) {
            Socket socket = server.connect();
            socket.getOutputStream()
                    .write(TestServer.bytes(
                            COMPLETIONS, "{\"prompt\": \"The\", \"max_tokens\": 250, \"n\": 8, \"temperature\": 1}"));
            TestServer.await("running texts", () -> server.metric("touchstone_requests_running") == 8);

            socket.close();

            TestServer.await("their end", () -> server.metric("touchstone_texts_total{outcome=\"cancelled\"}") == 8);
        }
    }

    /** The answers have probabilities, so they are large; the reader reads nothing. Others are not delayed. */
    @Test
    void aReaderThatDoesNotReadIsDroppedAndDelaysNoOther() throws IOException {
        try (TestServer server = TestServer.of(
                MODEL, options(50_000, Duration.ofSeconds(30), Duration.ofSeconds(15)), Limits.defaults())) {
            Socket slow = new Socket();
            slow.setReceiveBufferSize(1024);
            slow.connect(server.connect().getRemoteSocketAddress());
            slow.getOutputStream()
                    .write(TestServer.bytes(
                            COMPLETIONS, request("The", 250, ", \"logprobs\": 20, \"n\": 32, \"temperature\": 1")));

            JsonNode other = server.postForJson(COMPLETIONS, "{\"prompt\": \"The king\", \"max_tokens\": 5}");

            assertThat(other.at("/usage/completion_tokens").intValue()).isEqualTo(5);
            TestServer.await(
                    "the end of the slow reader", () -> server.log.stream().anyMatch(line -> line.contains("dropped")));
            TestServer.await("the end of its texts", () -> server.metric("touchstone_requests_running") == 0);
            assertThat(server.metric("touchstone_texts_total{outcome=\"cancelled\"}"))
                    .isPositive();
            slow.close();
        }
    }

    @Test
    void aStreamThatWaitsGetsComments() {
        Limits one = Limits.defaults().withRunning(1);
        try (TestServer server =
                TestServer.of(MODEL, options(1 << 20, Duration.ofSeconds(30), Duration.ofMillis(20)), one)) {
            var first = server.postLater(COMPLETIONS, request("The king", 100, ""));
            TestServer.await("a running request", () -> server.metric("touchstone_requests_running") == 1);

            String waited = server.post(COMPLETIONS, request("The fox", 2, "")).body();

            assertThat(waited).startsWith(": waiting\n\n");
            assertThat(TestServer.events(waited)).hasSize(3);
            assertThat(first.join().statusCode()).isEqualTo(200);
        }
    }

    /** Each byte of these characters is a token of its own. */
    @Test
    void noChunkEndsInsideACharacter() {
        String text = "a\u00e9\u20ac\ud83d\ude00z\ud83d\udc68\u200d\ud83d\udc67!";
        try (LanguageModel scripted = Scripted.model(folder.resolve("characters"), text);
                TestServer server = TestServer.of(scripted)) {
            List<JsonNode> events = TestServer.events(
                    server.post(COMPLETIONS, request(">", 100, ", \"temperature\": 0, \"logprobs\": 1"))
                            .body());

            List<String> chunks = texts(events);
            assertThat(String.join("", chunks)).isEqualTo(text);
            assertThat(chunks)
                    .allSatisfy(chunk -> assertThat(chunk)
                            .doesNotContain("\ufffd")
                            .satisfies(part -> {
                                assertThat(part.isEmpty() || !Character.isLowSurrogate(part.charAt(0)))
                                        .isTrue();
                                assertThat(part.isEmpty() || !Character.isHighSurrogate(part.charAt(part.length() - 1)))
                                        .isTrue();
                            }));
            List<String> tokens = new ArrayList<>();
            events.forEach(
                    event -> event.at("/choices/0/logprobs/tokens").forEach(token -> tokens.add(token.textValue())));
            assertThat(tokens).hasSize(text.getBytes(UTF_8).length + 1).startsWith("a", "bytes:\\xc3", "bytes:\\xa9");
            assertThat(events.get(events.size() - 1)
                            .at("/choices/0/finish_reason")
                            .textValue())
                    .isEqualTo("stop");
        }
    }

    /** The stop string comes in several tokens; what may begin one is held, and sent if it was none. */
    @Test
    void stopStringsNeverLeakAndHeldTextIsFlushed() {
        try (LanguageModel scripted = Scripted.model(folder.resolve("stops"), "one STO two STOP three STOP");
                TestServer server = TestServer.of(scripted)) {
            record Case(String stop, String text, boolean ended) {}
            for (Case it : List.of(
                    new Case("\"STOP\"", "one STO two ", false),
                    new Case("[\"STOP\", \"STOP\"]", "one STO two ", false),
                    new Case("[\"three\", \" STOP t\"]", "one STO two", false),
                    new Case("[\"STOPX\", \"Q\"]", "one STO two STOP three STOP", true),
                    new Case("\"o\"", "", false),
                    new Case("\"P three STOP\"", "one STO two STO", false))) {
                String more = ", \"temperature\": 0, \"logprobs\": 0, \"stop\": " + it.stop;
                List<JsonNode> events = TestServer.events(
                        server.post(COMPLETIONS, request(">", 200, more)).body());
                JsonNode whole = server.postForJson(
                        COMPLETIONS, request(">", 200, more).replace("\"stream\": true", "\"stream\": false"));

                List<String> chunks = texts(events);
                assertThat(String.join("", chunks)).as(it.stop).isEqualTo(it.text);
                assertThat(whole.at("/choices/0/text").textValue()).isEqualTo(it.text);
                assertThat(whole.at("/choices/0/finish_reason").textValue()).isEqualTo("stop");
                StringBuilder tokens = new StringBuilder();
                whole.at("/choices/0/logprobs/tokens").forEach(token -> tokens.append(token.textValue()));
                assertThat(tokens).as(it.stop).hasToString(it.ended ? it.text + "<|endoftext|>" : it.text);
            }
        }
    }

    private static List<String> texts(List<JsonNode> events) {
        return events.stream()
                .map(event -> event.at("/choices/0/text").textValue())
                .collect(Collectors.toList());
    }
}
