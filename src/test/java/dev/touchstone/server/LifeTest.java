package dev.touchstone.server;

import static dev.touchstone.server.Storyteller.MODEL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.serving.Limits;
import dev.touchstone.util.Json;
import dev.touchstone.util.TouchstoneException;
import java.net.ConnectException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that loads, is full, fails, and stops. */
@Timeout(120)
class LifeTest {
    private static final String COMPLETIONS = "/v1/completions";

    private static String request(int tokens, boolean stream) {
        return "{\"prompt\": \"The king\", \"max_tokens\": " + tokens + ", \"stream\": " + stream + "}";
    }

    private static JsonNode error(HttpResponse<String> response) {
        return Json.value("the error", response.body()).get("error");
    }

    @Test
    void aServerThatLoadsAnswersThatItDoes() {
        try (TestServer server = TestServer.loading(ServerOptions.defaults())) {
            assertThat(server.get("/health").statusCode()).isEqualTo(200);
            for (HttpResponse<String> response : List.of(
                    server.get("/ready"), server.get("/v1/models"), server.post(COMPLETIONS, request(1, false)))) {
                assertThat(response.statusCode()).isEqualTo(503);
                assertThat(response.headers().firstValue("Retry-After")).contains("5");
                assertThat(error(response).get("code").textValue()).isEqualTo("loading");
            }

            server.load(MODEL, Limits.defaults());

            assertThat(server.get("/ready").statusCode()).isEqualTo(200);
            assertThat(server.post(COMPLETIONS, request(1, false)).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aSecondServerOnThePortIsRefusedInOneLine() {
        try (TestServer server = TestServer.loading(ServerOptions.defaults())) {
            int port = server.server.port();

            assertThatThrownBy(() -> Server.open(ServerOptions.defaults().withPort(port), AccessLog.none()))
                    .isInstanceOf(TouchstoneException.class)
                    .hasMessage("port " + port
                            + " of 127.0.0.1 is in use by another program; stop it, or choose another port");
        }
        assertThatThrownBy(() -> Server.open(ServerOptions.defaults().withHost("203.0.113.1"), AccessLog.none()))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageContaining("203.0.113.1");
    }

    @Test
    void aFullQueueIsRefusedWithATimeToTryAgain() {
        Limits one = Limits.defaults().withRunning(1).withQueued(1);
        try (TestServer server = TestServer.of(MODEL, ServerOptions.defaults(), one)) {
            CompletableFuture<HttpResponse<String>> running = server.postLater(COMPLETIONS, request(200, false));
            TestServer.await("a running one", () -> server.metric("touchstone_requests_running") == 1);
            CompletableFuture<HttpResponse<String>> queued = server.postLater(COMPLETIONS, request(1, false));
            TestServer.await("a queued one", () -> server.metric("touchstone_requests_queued") == 1);

            for (boolean stream : new boolean[] {false, true}) {
                HttpResponse<String> refused = server.post(COMPLETIONS, request(1, stream));

                assertThat(refused.statusCode()).isEqualTo(429);
                assertThat(error(refused).get("type").textValue()).isEqualTo("rate_limit_error");
                assertThat(error(refused).get("code").textValue()).isEqualTo("queue_full");
                assertThat(refused.headers().firstValue("Retry-After").orElseThrow())
                        .matches("[1-9]\\d*");
            }
            HttpResponse<String> several =
                    server.post(COMPLETIONS, "{\"prompt\": \"The\", \"n\": 3, \"max_tokens\": 1}");
            assertThat(several.statusCode()).isEqualTo(429);
            assertThat(running.join().statusCode()).isEqualTo(200);
            assertThat(queued.join().statusCode()).isEqualTo(200);
        }
    }

    /** A temperature so near 0 that scores become infinite fails its own request only. */
    @Test
    void aRequestThatFailsWhileItRunsFailsNoOther() {
        try (TestServer server = TestServer.of(MODEL)) {
            CompletableFuture<HttpResponse<String>> other = server.postLater(COMPLETIONS, request(40, false));
            String bad = "{\"prompt\": \"The\", \"max_tokens\": 5, \"temperature\": 1e-40, \"stream\": ";

            HttpResponse<String> whole = server.post(COMPLETIONS, bad + "false}");
            HttpResponse<String> stream = server.post(COMPLETIONS, bad + "true}");

            assertThat(whole.statusCode()).isEqualTo(400);
            assertThat(error(whole).get("message").textValue()).contains("temperature");
            if (stream.statusCode() == 200) { // it had begun
                List<JsonNode> events = TestServer.events(stream.body());
                assertThat(events.get(events.size() - 1).get("error")).isEqualTo(error(whole));
            } else {
                assertThat(error(stream)).isEqualTo(error(whole));
            }
            assertThat(other.join().statusCode()).isEqualTo(200);
            assertThat(server.post(COMPLETIONS, request(1, false)).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void answersInProgressAreFinishedBeforeTheServerStops() throws Exception {
        TestServer server = TestServer.of(MODEL);
        CompletableFuture<HttpResponse<String>> whole = server.postLater(COMPLETIONS, request(60, false));
        CompletableFuture<HttpResponse<String>> stream = server.postLater(COMPLETIONS, request(60, true));
        TestServer.await("running texts", () -> server.metric("touchstone_requests_running") == 2);
        CompletableFuture<Void> drained = CompletableFuture.runAsync(() -> drain(server, Duration.ofSeconds(60)));

        TestServer.await("the end of readiness", () -> server.get("/ready").statusCode() == 503);
        HttpResponse<String> refused = server.post(COMPLETIONS, request(1, false));

        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(error(refused).get("code").textValue()).isEqualTo("draining");
        assertThat(whole.join().statusCode()).isEqualTo(200);
        assertThat(TestServer.events(stream.join().body())).hasSizeGreaterThan(10);
        drained.join();
        assertThatThrownBy(() -> server.connect().close()).isInstanceOf(ConnectException.class);
        server.close();
    }

    @Test
    void afterTheGracePeriodAnswersEndWithAnError() {
        TestServer server = TestServer.of(MODEL);
        CompletableFuture<HttpResponse<String>> whole = server.postLater(COMPLETIONS, request(250, false));
        CompletableFuture<HttpResponse<String>> stream = server.postLater(COMPLETIONS, request(250, true));
        TestServer.await("running texts", () -> server.metric("touchstone_requests_running") == 2);

        drain(server, Duration.ofMillis(1));

        assertThat(whole.join().statusCode()).isEqualTo(503);
        assertThat(error(whole.join()).get("code").textValue()).isEqualTo("draining");
        List<JsonNode> events = TestServer.events(stream.join().body());
        assertThat(events.get(events.size() - 1).at("/error/code").textValue()).isEqualTo("draining");
        server.close();
    }

    private static void drain(TestServer server, Duration grace) {
        try {
            server.server.drain(grace);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void logsAndMetricsHaveRoutesAndNumbersAndNothingOfARequest() {
        String secret = "zebra";
        try (TestServer server = TestServer.withJsonLog(MODEL)) {
            String body = "{\"prompt\": \"A " + secret + "\", \"max_tokens\": 3, \"user\": \"" + secret + "\"}";
            server.send(server.request(COMPLETIONS + "?x=" + secret)
                    .header("Authorization", "Bearer " + secret)
                    .POST(BodyPublishers.ofString(body)));
            server.get("/v1/models/" + secret);
            server.get("/" + secret);
            server.post(COMPLETIONS, "{\"" + secret + "\": 1}");
            TestServer.await("the log", () -> server.log.size() == 4);

            String metrics = server.get("/metrics").body();

            assertThat(String.join("\n", server.log) + metrics).doesNotContain(secret);
            JsonNode line = Json.value("a line", server.log.get(0));
            assertThat(line.fieldNames())
                    .toIterable()
                    .containsExactly(
                            "time",
                            "request",
                            "method",
                            "route",
                            "status",
                            "ms",
                            "prompt_tokens",
                            "completion_tokens",
                            "first_token_ms");
            assertThat(line.get("route").textValue()).isEqualTo(COMPLETIONS);
            assertThat(line.get("completion_tokens").intValue()).isEqualTo(3);
            assertThat(Json.value("a line", server.log.get(1)).get("route").textValue())
                    .isEqualTo("/v1/models/*");
            assertThat(server.metric("touchstone_http_requests_total{route=\"/v1/completions\",status=\"200\"}"))
                    .isEqualTo(1);
            assertThat(server.metric("touchstone_http_requests_total{route=\"/v1/completions\",status=\"400\"}"))
                    .isEqualTo(1);
            assertThat(server.metric("touchstone_generated_tokens_total")).isEqualTo(3);
            assertThat(server.metric("touchstone_texts_total{outcome=\"finished\"}"))
                    .isEqualTo(1);
            assertThat(server.metric("touchstone_time_to_first_token_seconds_count"))
                    .isEqualTo(1);
            assertThat(server.metric("touchstone_time_per_token_seconds_count")).isEqualTo(1);
            assertThat(metrics)
                    .contains(
                            "touchstone_pages_used",
                            "touchstone_preemptions_total",
                            "touchstone_prefix_hit_tokens_total");
        }
    }
}
