package dev.touchstone.server;

import static dev.touchstone.server.Storyteller.MODEL;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.serving.Limits;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who may use the server, and how much of it: keys, web pages, host names, sizes and times. */
class GateTest {
    private static final String BODY = "{\"prompt\": \"The\", \"max_tokens\": 1}";

    private static TestServer open(ServerOptions options) {
        return TestServer.of(MODEL, options, Limits.defaults());
    }

    @Test
    void everyPathButHealthAndThePageNeedsAKey() {
        try (TestServer server = open(ServerOptions.defaults().withKeys(List.of("first key", "second")))) {
            for (String path : List.of("/v1/models", "/metrics")) {
                HttpResponse<String> without = server.get(path);

                assertThat(without.statusCode()).as(path).isEqualTo(401);
                assertThat(without.body()).contains("invalid_api_key", "missing");
                assertThat(without.headers().firstValue("WWW-Authenticate")).contains("Bearer");
            }
            for (String path : List.of(
                    "/v1/completions",
                    "/v1/chat/completions",
                    "/v1/embeddings",
                    "/tokenize",
                    "/detokenize",
                    "/explain")) {
                assertThat(server.post(path, BODY).statusCode()).as(path).isEqualTo(401);
            }
            for (String path : List.of("/health", "/ready", "/")) {
                assertThat(server.get(path).statusCode()).as(path).isEqualTo(200);
            }
            for (String header : List.of("Bearer first key", "bearer second", "Bearer  second ")) {
                assertThat(server.send(server.request("/v1/models").header("Authorization", header))
                                .statusCode())
                        .as(header)
                        .isEqualTo(200);
            }
            for (String header : List.of(
                    "Bearer", "Bearer ", "Bearer first", "Bearer second!", "Basic second", "second", "Bearer SECOND")) {
                assertThat(server.send(server.request("/v1/models").header("Authorization", header))
                                .statusCode())
                        .as(header)
                        .isEqualTo(401);
            }
        }
    }

    @Test
    void withoutAKeyOnlyAddressesAndLocalhostAreHosts() throws IOException {
        try (TestServer server = open(ServerOptions.defaults())) {
            for (String host : List.of("127.0.0.1:80", "localhost", "LOCALHOST:1234", "[::1]:8080", "192.168.1.7")) {
                assertThat(server.exchange(get("/health", host))).as(host).startsWith("HTTP/1.1 200 ");
            }
            for (String host : List.of("evil.example", "localhost.evil.example:80", "127.0.0.1.evil.example")) {
                assertThat(server.exchange(get("/health", host))).as(host).startsWith("HTTP/1.1 403 ");
            }
        }
        try (TestServer server = open(ServerOptions.defaults().withKeys(List.of("key")))) {
            assertThat(server.exchange(get("/health", "models.example"))).startsWith("HTTP/1.1 200 ");
        }
    }

    private static byte[] get(String path, String host) {
        return ("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n").getBytes(UTF_8);
    }

    @Test
    void onlyListedPagesMayReadAnswers() {
        try (TestServer server = open(ServerOptions.defaults().withOrigins(Set.of("https://page.example")))) {
            HttpResponse<String> listed =
                    server.send(server.request("/v1/models").header("Origin", "https://page.example"));
            HttpResponse<String> other =
                    server.send(server.request("/v1/models").header("Origin", "https://other.example"));
            HttpResponse<String> asked = server.send(server.request("/v1/completions")
                    .method("OPTIONS", BodyPublishers.noBody())
                    .header("Origin", "https://page.example")
                    .header("Access-Control-Request-Method", "POST"));
            HttpResponse<String> refused = server.send(server.request("/v1/completions")
                    .method("OPTIONS", BodyPublishers.noBody())
                    .header("Origin", "https://other.example"));

            assertThat(listed.headers().firstValue("Access-Control-Allow-Origin"))
                    .contains("https://page.example");
            assertThat(listed.headers().firstValue("Vary")).contains("Origin");
            assertThat(other.headers().firstValue("Access-Control-Allow-Origin"))
                    .isEmpty();
            assertThat(asked.statusCode()).isEqualTo(204);
            assertThat(asked.headers().firstValue("Access-Control-Allow-Methods"))
                    .contains("POST");
            assertThat(asked.headers().firstValue("Access-Control-Allow-Headers"))
                    .contains("Authorization, Content-Type");
            assertThat(refused.headers().firstValue("Access-Control-Allow-Methods"))
                    .isEmpty();
        }
        try (TestServer server = open(ServerOptions.defaults())) {
            HttpResponse<String> response =
                    server.send(server.request("/health").header("Origin", "https://page.example"));

            assertThat(response.headers().map().keySet()).noneMatch(name -> name.startsWith("access-control"));
        }
    }

    private static ServerOptions.Limits limits(int body, int connections, Duration time) {
        return new ServerOptions.Limits(
                body, connections, time, time, 1 << 20, Duration.ofSeconds(30), Duration.ofSeconds(15));
    }

    @Test
    void tooLargeABodyIsRefusedWhetherItIsAnnouncedOrNot() throws IOException {
        ServerOptions options = ServerOptions.defaults().withLimits(limits(1000, 64, Duration.ofSeconds(30)));
        try (TestServer server = open(options)) {
            String large = "{\"prompt\": \"" + "x".repeat(2000) + "\"}";
            String head = "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Connection: close\r\n";
            String announced = head + "Content-Length: " + large.length() + "\r\n\r\n" + large;
            String chunked = head + "Transfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(large.length())
                    + "\r\n" + large
                    + "\r\n0\r\n\r\n";

            assertThat(server.exchange(announced.getBytes(UTF_8)))
                    .startsWith("HTTP/1.1 413 ")
                    .contains("body_too_large", "1000 bytes");
            assertThat(server.exchange(chunked.getBytes(UTF_8))).startsWith("HTTP/1.1 413 ");
            assertThat(server.post("/v1/completions", BODY).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void headsThatAreTooLongOrNoHttpAreRefused() throws IOException {
        try (TestServer server = open(ServerOptions.defaults())) {
            String head = "GET /health HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(40_000) + "\r\n\r\n";
            String line = "GET /" + "x".repeat(10_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n";

            assertThat(server.exchange(head.getBytes(UTF_8)))
                    .startsWith("HTTP/1.1 431 ")
                    .contains("malformed_request");
            assertThat(server.exchange(line.getBytes(UTF_8))).matches("(?s)HTTP/1.. 414 .*");
            assertThat(server.exchange("GET\r\n\r\n".getBytes(UTF_8))).matches("(?s)HTTP/1.. 400 .*");
            assertThat(server.get("/health").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aClientThatSendsTooSlowlyIsDisconnected() throws IOException {
        ServerOptions options = ServerOptions.defaults().withLimits(limits(1000, 64, Duration.ofMillis(300)));
        try (TestServer server = open(options)) {
            String head = "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

            assertThat(server.exchange("GET /hea".getBytes(UTF_8))).isEmpty();
            assertThat(server.exchange((head + "Content-Length: 30\r\n\r\n{").getBytes(UTF_8)))
                    .startsWith("HTTP/1.1 408 ")
                    .contains("request_timeout");
            try (Socket idle = server.connect()) {
                idle.getOutputStream().write("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(UTF_8));
                assertThat(new String(idle.getInputStream().readAllBytes(), UTF_8))
                        .endsWith("{\"status\":\"ok\"}");
            }
        }
    }

    @Test
    void connectionsBeyondTheLimitAreClosed() throws IOException {
        ServerOptions options = ServerOptions.defaults().withLimits(limits(1000, 3, Duration.ofSeconds(30)));
        try (TestServer server = open(options)) {
            List<Socket> open = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                open.add(server.connect());
                open.get(i).getOutputStream().write("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(UTF_8));
                assertThat(open.get(i).getInputStream().read()).isEqualTo('H');
            }

            assertThat(server.exchange(new byte[0])).isEmpty();

            for (Socket socket : open) {
                socket.close();
            }
            TestServer.await("a free place", () -> {
                try {
                    return server.exchange(get("/health", "localhost")).startsWith("HTTP/1.1 200 ");
                } catch (IOException e) {
                    return false; // reset
                }
            });
        }
    }

    @Test
    void severalRequestsOnOneConnectionAreAnsweredInOrder() throws IOException {
        try (TestServer server = open(ServerOptions.defaults())) {
            String one = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
            String last = "GET /v1/nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

            String answers = server.exchange((one + one + last).getBytes(UTF_8));

            assertThat(answers.split("HTTP/1.1 ")).hasSize(4).satisfies(parts -> {
                assertThat(parts[1]).startsWith("200 ");
                assertThat(parts[2]).startsWith("200 ");
                assertThat(parts[3]).startsWith("404 ");
            });
        }
    }

    @Test
    void aBodyAfterContinueIsRead() throws IOException {
        try (TestServer server = open(ServerOptions.defaults());
                Socket socket = server.connect()) {
            String head = "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Expect: 100-continue\r\nConnection: close\r\nContent-Length: " + BODY.length() + "\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(UTF_8));
            byte[] start = socket.getInputStream().readNBytes(25);

            socket.getOutputStream().write(BODY.getBytes(UTF_8));

            assertThat(new String(start, UTF_8)).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                    .startsWith("HTTP/1.1 200 ");
        }
    }
}
