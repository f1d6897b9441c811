package dev.touchstone.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.LanguageModel;
import dev.touchstone.LoadOptions;
import dev.touchstone.fuzz.JsonTrees;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Damaged requests: none is answered with status 500, and the server goes on. */
class FuzzedRequestsTest {
    private static final List<String> SEEDS = List.of(
            "/v1/completions {\"prompt\": [\"The king\", \"A\"], \"max_tokens\": 2, \"n\": 2, \"temperature\": 1, \"seed\": 5}",
            "/v1/completions {\"prompt\": [308, 12], \"max_tokens\": 1, \"echo\": true, \"logprobs\": 2, \"stop\": [\"x\", \"y\"]}",
            "/v1/completions {\"prompt\": \"The\", \"stream\": true, \"stream_options\": {\"include_usage\": true}, \"max_tokens\": 2}",
            "/v1/completions {\"prompt\": \"The\", \"logit_bias\": {\"5\": 1.5}, \"presence_penalty\": 1, \"top_k\": 3, \"max_tokens\": 2}",
            "/v1/chat/completions {\"messages\": [{\"role\": \"user\", \"content\": [{\"type\": \"text\", \"text\": \"Hi\"}]}],"
                    + " \"max_tokens\": 2, \"logprobs\": true, \"top_logprobs\": 1, \"chat_template_kwargs\": {\"x\": [1, {}]}}",
            "/v1/chat/completions {\"messages\": [{\"role\": \"assistant\", \"content\": null, \"tool_calls\": [{\"id\": \"a\","
                    + " \"type\": \"function\", \"function\": {\"name\": \"f\", \"arguments\": \"{}\"}}]}], \"max_tokens\": 1,"
                    + " \"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"f\", \"parameters\": {}}}]}",
            "/v1/embeddings {\"input\": [\"The\", \"A\"], \"encoding_format\": \"base64\", \"pooling\": \"last\"}",
            "/tokenize {\"prompt\": \"The\", \"add_special_tokens\": false, \"return_token_strs\": true}",
            "/tokenize {\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}], \"add_generation_prompt\": false}",
            "/detokenize {\"tokens\": [1, 2, 3]}");

    private static final int SHORT = 60;
    private static final int LONG = 60_000;

    private static LanguageModel model;
    private static TestServer server;

    @BeforeContainer
    static void open() throws IOException {
        Path template = Files.createTempFile("chat", ".jinja");
        Files.writeString(
                template,
                "{% for m in messages %}{{ m.role }}{{ m.content }}{{ m.tool_calls }}{% endfor %}{{ tools }}{{ x }}");
        model = LanguageModel.storyteller(LoadOptions.defaults().chatTemplate(template));
        Files.delete(template);
        server = TestServer.of(model);
    }

    @AfterContainer
    static void close() {
        server.close();
        model.close();
    }

    /** The tree of the JSON is changed, then perhaps its bytes. */
    @Property(tries = 400)
    void noDamagedBodyIsAnsweredWith500(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        String[] request = SEEDS.get(random.nextInt(SEEDS.size())).split(" ", 2);
        byte[] other = SEEDS.get(random.nextInt(SEEDS.size())).split(" ", 2)[1].getBytes(UTF_8);
        byte[] body = JsonTrees.ANY.apply(request[1].getBytes(UTF_8), other, random);
        if (random.nextInt(4) == 0 && body.length > 0) {
            body[random.nextInt(body.length)] = (byte) random.nextInt(256);
        }
        String head = "POST " + request[0] + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Connection: close\r\nContent-Length: " + body.length + "\r\n\r\n";

        check(concat(head.getBytes(UTF_8), body), new String(body, UTF_8), LONG);
    }

    /** Bytes of the head are changed; the server answers, or closes the connection, or waits for the rest. */
    @Property(tries = 100)
    void noDamagedHeadIsAnsweredWith500(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        String[] request = SEEDS.get(random.nextInt(SEEDS.size())).split(" ", 2);
        byte[] bytes = ("POST " + request[0] + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        + "Connection: close\r\nAuthorization: Bearer x\r\nOrigin: http://localhost\r\nContent-Length: "
                        + request[1].getBytes(UTF_8).length + "\r\n\r\n" + request[1])
                .getBytes(UTF_8);
        int head = new String(bytes, UTF_8).indexOf("\r\n\r\n");
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            bytes[random.nextInt(head)] = (byte) (random.nextBoolean() ? random.nextInt(256) : 32 + random.nextInt(95));
        }

        check(bytes, new String(bytes, UTF_8), SHORT);
    }

    private static void check(byte[] request, String shown, int timeout) throws IOException {
        try (Socket socket = server.connect()) {
            socket.setSoTimeout(timeout);
            socket.getOutputStream().write(request);
            String answer = new String(socket.getInputStream().readAllBytes(), UTF_8);
            assertThat(answer).as(shown).doesNotStartWith("HTTP/1.1 5").doesNotContain("server_error");
        } catch (SocketException e) {
            // The server reset the connection.
        } catch (SocketTimeoutException e) {
            assertThat(timeout).as(shown).isEqualTo(SHORT); // the damaged request seems incomplete
        }
        assertThat(server.failures).as(shown).isEmpty();
        assertThat(server.get("/health").statusCode()).isEqualTo(200);
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }
}
