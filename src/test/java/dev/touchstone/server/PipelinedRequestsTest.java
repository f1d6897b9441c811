package dev.touchstone.server;

import static dev.touchstone.server.Storyteller.MODEL;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.serving.Limits;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several requests that a client sends on one connection without waiting for the answers. */
@Timeout(60)
class PipelinedRequestsTest {
    private static final String COMPLETIONS = "/v1/completions";
    /** The end-of-text token. */
    private static final int EOS = 1999;
    /** More than enough for the next request to begin. */
    private static final int MOMENTS = 50;

    private static String request(String prompt, int tokens, boolean stream) {
        return "{\"prompt\": \"" + prompt + "\", \"max_tokens\": " + tokens
                + ", \"temperature\": 1, \"seed\": 5, \"logit_bias\": {\"" + EOS + "\": -100}, \"stream\": "
                + stream + "}";
    }

    private static byte[] pipelined(List<String> requests) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (String request : requests) {
            all.write(TestServer.bytes(COMPLETIONS, request));
        }
        return all.toByteArray();
    }

    /** The body of the next response, whose length is announced, or which comes in chunks with trailers. */
    private static String body(InputStream in) throws IOException {
        String status = line(in);
        assertThat(status).isEqualTo("HTTP/1.1 200 OK");
        int length = -1;
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            if (line.toLowerCase().startsWith("content-length: ")) {
                length = Integer.parseInt(line.substring(16));
            }
        }
        if (length >= 0) {
            return new String(in.readNBytes(length), UTF_8);
        }
        StringBuilder body = new StringBuilder();
        for (int size = Integer.parseInt(line(in), 16); size > 0; size = Integer.parseInt(line(in), 16)) {
            body.append(new String(in.readNBytes(size), UTF_8));
            assertThat(line(in)).isEmpty();
        }
        while (!line(in).isEmpty()) {
            // a trailer
        }
        return body.toString();
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            assertThat(b).as("the connection was closed after " + line).isNotNegative();
            line.write(b);
        }
        return line.toString(UTF_8).stripTrailing();
    }

    private static String timeless(String body) {
        return body.replaceAll("\"created\":\\d+", "");
    }

    @Test
    void eachIsAnsweredInOrderAsIfItWereAlone() throws IOException {
        try (TestServer server = TestServer.of(MODEL);
                Socket socket = server.connect()) {
            List<String> requests = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                requests.add(request("The king " + i, 5 + i, i % 3 != 0));
            }

            socket.getOutputStream().write(pipelined(requests));

            for (String request : requests) {
                assertThat(timeless(body(socket.getInputStream())))
                        .isEqualTo(timeless(server.post(COMPLETIONS, request).body()));
            }
        }
    }

    /** The client disconnects while the first answer is computed and others wait behind it. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDisconnectEndsTheFirstAndNoOtherIsBegun(boolean stream) throws IOException {
        try (TestServer server = TestServer.of(MODEL)) {
            disconnect(server, 3, stream);

            awaitTheEnd(server);
            assertThat(server.metric("touchstone_texts_total{outcome=\"cancelled\"}"))
                    .isEqualTo(1);
            assertThat(server.metric("touchstone_texts_total{outcome=\"finished\"}"))
                    .isZero();
            assertThat(server.metric("touchstone_http_requests_total{route=\"/v1/completions\",status=\"499\"}"))
                    .isEqualTo(1);
        }
    }

    /** Behind many requests the end of the connection is read late: when an answer cannot be written. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ofManyRequestsAtMostTwoAreBegunAfterADisconnect(boolean stream) throws IOException {
        try (TestServer server = TestServer.of(MODEL)) {
            disconnect(server, 40, stream);

            awaitTheEnd(server);
            assertThat(server.log).anyMatch(line -> line.contains(" 499 "));
            assertThat(server.metric("touchstone_texts_total{outcome=\"finished\"}"))
                    .isLessThanOrEqualTo(2);
        }
    }

    /** Waits until nothing runs at many moments in a row: between the end of a request and the next one nothing runs either. */
    private static void awaitTheEnd(TestServer server) {
        int[] moments = {0};
        TestServer.await("the end", () -> {
            boolean isIdle = server.metric("touchstone_requests_running") == 0
                    && server.metric("touchstone_pages_used") == 0
                    && server.metric("touchstone_texts_total{outcome=\"cancelled\"}") > 0;
            moments[0] = isIdle ? moments[0] + 1 : 0;
            return moments[0] == MOMENTS;
        });
    }

    /** Sends requests, and disconnects while the first runs. */
    private static void disconnect(TestServer server, int requests, boolean stream) throws IOException {
        Socket socket = server.connect();
        socket.getOutputStream().write(pipelined(Collections.nCopies(requests, request("The king", 240, stream))));
        TestServer.await("a running text", () -> server.metric("touchstone_requests_running") == 1);
        socket.close();
    }

    @Test
    void aDisconnectInTheSecondEndsIt() throws IOException {
        try (TestServer server = TestServer.of(MODEL)) {
            Socket socket = server.connect();
            socket.getOutputStream()
                    .write(pipelined(List.of(
                            request("The king", 3, true), request("The fox", 240, true), request("Once", 240, true))));
            BufferedReader lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
            for (int heads = 0; heads < 2; heads += lines.readLine().startsWith("HTTP/1.1 200") ? 1 : 0) {
                // the first response and the head of the second
            }

            socket.close();

            TestServer.await("its end", () -> server.metric("touchstone_texts_total{outcome=\"cancelled\"}") == 1);
            assertThat(server.metric("touchstone_texts_total{outcome=\"finished\"}"))
                    .isEqualTo(1);
            assertThat(server.metric("touchstone_requests_running")).isZero();
        }
    }

    /** The time for which a connection may be idle begins after the last answer. */
    @Test
    void anAnswerMayTakeLongerThanAConnectionMayBeIdle() throws IOException {
        ServerOptions.Limits defaults = ServerOptions.Limits.defaults();
        ServerOptions options = ServerOptions.defaults()
                .withLimits(new ServerOptions.Limits(
                        defaults.bodyBytes(),
                        defaults.connections(),
                        defaults.requestTime(),
                        Duration.ofMillis(20),
                        defaults.streamBytes(),
                        defaults.writeTime(),
                        defaults.keepAlive()));
        try (TestServer server = TestServer.of(MODEL, options, Limits.defaults());
                Socket socket = server.connect()) {
            socket.getOutputStream()
                    .write(pipelined(List.of(
                            request("The king", 1, false),
                            request("The fox", 240, false),
                            request("Once", 240, true))));

            assertThat(body(socket.getInputStream())).contains("\"completion_tokens\":1,");
            assertThat(body(socket.getInputStream())).contains("\"completion_tokens\":240,");
            assertThat(body(socket.getInputStream())).endsWith("data: [DONE]\n\n");
        }
    }
}
