package dev.touchstone.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.LanguageModel;
import dev.touchstone.cli.TinyModel;
import dev.touchstone.serving.Limits;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A prompt of 8,000 tokens among streams. */
@Timeout(60)
class LongPromptTest {
    private static final String COMPLETIONS = "/v1/completions";
    private static final int STREAMS = 3;
    private static final int LENGTH = 8000;

    @TempDir
    private Path folder;

    private static String request(String prompt, int tokens, boolean stream) {
        return "{\"prompt\": " + prompt + ", \"max_tokens\": " + tokens
                + ", \"temperature\": 0, \"logit_bias\": {\"259\": -100}, \"stream\": " + stream + "}";
    }

    /** Steps of the engine, and new tokens. */
    private record Progress(double steps, double tokens) {
        static Progress of(TestServer server) {
            String page = server.get("/metrics").body();
            return new Progress(
                    TestServer.metric("touchstone_steps_total", page),
                    TestServer.metric("touchstone_generated_tokens_total", page));
        }
    }

    @Test
    void delaysNoTokenOfTheOthers() throws IOException {
        TinyModel.write(folder, new TinyModel.Sizes(12, 3, 2, LENGTH + 200), 1);
        Limits limits = Limits.defaults();
        String prompt = "[1" + ",1".repeat(LENGTH - 1) + "]";
        try (LanguageModel model = LanguageModel.load(folder);
                TestServer server = TestServer.of(model, ServerOptions.defaults(), limits)) {
            List<Socket> streams = new ArrayList<>();
            for (int i = 0; i < STREAMS; i++) {
                streams.add(server.connect());
                streams.get(i)
                        .getOutputStream()
                        .write(TestServer.bytes(COMPLETIONS, request("[3, " + i + "]", 5000, true)));
            }
            TestServer.await("running streams", () -> server.metric("touchstone_requests_running") == STREAMS);
            Progress before = Progress.of(server);

            JsonNode among = server.postForJson(COMPLETIONS, request(prompt, 4, false));

            Progress after = Progress.of(server);
            double steps = after.steps - before.steps;
            double each = (after.tokens - before.tokens - 4) / STREAMS;
            assertThat(steps).isGreaterThanOrEqualTo(LENGTH / limits.chunkTokens());
            assertThat(each).isBetween(steps - 2, steps + 2);
            for (Socket socket : streams) {
                socket.close();
            }
            TestServer.await("their end", () -> server.metric("touchstone_requests_running") == 0);
            JsonNode alone = server.postForJson(COMPLETIONS, request(prompt, 4, false));
            assertThat(among.get("touchstone")).isEqualTo(alone.get("touchstone"));
        }
    }
}
