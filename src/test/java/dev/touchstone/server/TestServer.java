package dev.touchstone.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.LanguageModel;
import dev.touchstone.serving.Limits;
import dev.touchstone.util.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server on a free port, and a client for it. */
final class TestServer implements AutoCloseable {
    static final String FINGERPRINT = "0123456789abcdef".repeat(4);
    private static final Duration LONGEST = Duration.ofSeconds(60);

    final List<String> log = new CopyOnWriteArrayList<>();
    final List<String> failures = new CopyOnWriteArrayList<>();
    final Server server;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(LONGEST)
            .build();

    private TestServer(ServerOptions options, boolean json) {
        server = Server.open(options.withPort(0), new AccessLog(log::add, failures::add, json));
    }

    /** A server that is loading its model. */
    static TestServer loading(ServerOptions options) {
        return new TestServer(options, false);
    }

    static TestServer of(LanguageModel model) {
        return of(model, ServerOptions.defaults(), Limits.defaults());
    }

    static TestServer of(LanguageModel model, ServerOptions options, Limits limits) {
        TestServer server = loading(options);
        server.load(model, limits);
        return server;
    }

    static TestServer withJsonLog(LanguageModel model) {
        TestServer server = new TestServer(ServerOptions.defaults(), true);
        server.load(model, Limits.defaults());
        return server;
    }

    void load(LanguageModel model, Limits limits) {
        server.serve(model, limits, CompletableFuture.completedFuture(FINGERPRINT));
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .timeout(LONGEST)
                .header("Content-Type", "application/json");
    }

    HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return client.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    HttpResponse<String> get(String path) {
        return send(request(path));
    }

    HttpResponse<String> post(String path, String json) {
        return send(request(path).POST(BodyPublishers.ofString(json)));
    }

    CompletableFuture<HttpResponse<String>> postLater(String path, String json) {
        return client.sendAsync(
                request(path).POST(BodyPublishers.ofString(json)).build(), BodyHandlers.ofString());
    }

    /** The body of a response with status 200. */
    JsonNode json(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return Json.value("the response", response.body());
    }

    JsonNode postForJson(String path, String json) {
        return json(post(path, json));
    }

    /** The events of a stream that ended as it must. */
    static List<JsonNode> events(String body) {
        assertThat(body).endsWith("\n\ndata: [DONE]\n\n");
        List<JsonNode> events = new ArrayList<>();
        for (String event : body.split("\n\n")) {
            if (!event.equals("data: [DONE]") && !event.startsWith(":")) {
                assertThat(event).startsWith("data: {").doesNotContain("\n");
                events.add(Json.value("an event", event.substring(6)));
            }
        }
        return events;
    }

    /** A connection for bytes. */
    Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), server.port());
        socket.setSoTimeout((int) LONGEST.toMillis());
        return socket;
    }

    /** The bytes of a request with a JSON body. */
    static byte[] bytes(String path, String json) {
        byte[] body = json.getBytes(UTF_8);
        String head =
                "POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: "
                        + body.length + "\r\n\r\n";
        return (head + json).getBytes(UTF_8);
    }

    /** Sends bytes and returns all that comes back until the server closes the connection. */
    String exchange(byte[] request) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(request);
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }

    /** The value of a metric. */
    double metric(String name) {
        return metric(name, get("/metrics").body());
    }

    /** The value of a metric on a page of metrics. */
    static double metric(String name, String page) {
        Matcher line =
                Pattern.compile("(?m)^" + Pattern.quote(name) + " (\\S+)$").matcher(page);
        return line.find() ? Double.parseDouble(line.group(1)) : 0;
    }

    /** Waits until something is true. */
    static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + LONGEST.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            try {
                Thread.sleep(2);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Override
    public void close() {
        server.close();
        assertThat(failures).as("failures of the server").isEmpty();
    }
}
