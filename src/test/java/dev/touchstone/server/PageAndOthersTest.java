package dev.touchstone.server;

import static dev.touchstone.server.Storyteller.MODEL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.server.api.Replay;
import dev.touchstone.tensor.Tensor;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The chat page, models, tokens, embeddings and explanations. */
class PageAndOthersTest extends StorytellerServer {

    @Test
    void thePageIsServedWithAStrictPolicyAndATag() {
        HttpResponse<String> page = server.get("/");
        HttpResponse<String> again = server.send(server.request("/")
                .header("If-None-Match", page.headers().firstValue("ETag").orElseThrow()));
        HttpResponse<String> head = server.send(server.request("/").method("HEAD", BodyPublishers.noBody()));

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).startsWith("<!DOCTYPE html>");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .startsWith("default-src 'none'; script-src 'self';")
                .doesNotContain("unsafe");
        assertThat(page.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(server.get("/page/page.css").headers().firstValue("Content-Type"))
                .contains("text/css; charset=utf-8");
    }

    @Test
    void noPathLeadsOutOfThePage() throws IOException {
        for (String path : List.of(
                "/page/../Server.class",
                "/page/..%2fServer.class",
                "/page/%2e%2e/x.html",
                "/page//etc/passwd",
                "/page/",
                "/page/index",
                "/page/.html",
                "/page/package-info.class",
                "/page/x/index.html",
                "/page/\\index.html",
                "/index.html",
                "//",
                "/page/index.html/")) {
            byte[] request = ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                    .getBytes(StandardCharsets.UTF_8);

            assertThat(server.exchange(request)).as(path).matches("(?s)HTTP/1.. 40[04] .*");
        }
    }

    @Test
    void theModelIsDescribed() {
        JsonNode list = server.json(server.get("/v1/models"));

        assertThat(list.get("object").textValue()).isEqualTo("list");
        JsonNode one = list.get("data").get(0);
        assertThat(one.get("id").textValue()).isEqualTo("storyteller");
        assertThat(one.get("object").textValue()).isEqualTo("model");
        assertThat(one.get("max_model_len").intValue()).isEqualTo(256);
        assertThat(one.get("chat").booleanValue()).isFalse();
        assertThat(one.get("system_fingerprint").textValue()).isEqualTo("fp_0123456789abcdef");
        assertThat(server.json(server.get("/v1/models/storyteller"))).isEqualTo(one);
    }

    @Test
    void tokensAreThoseOfTheTokenizer() {
        JsonNode made = server.postForJson("/tokenize", "{\"prompt\": \"The king\", \"return_token_strs\": true}");
        JsonNode text = server.postForJson("/detokenize", "{\"tokens\": [308, 1207, 406]}");

        assertThat(made.get("tokens")).hasToString("[308,1207]");
        assertThat(made.get("count").intValue()).isEqualTo(2);
        assertThat(made.get("token_strs")).hasToString("[\"The\",\"\u0120king\"]");
        assertThat(text.get("prompt").textValue()).isEqualTo("The king's");
    }

    /** The mean of the rows of the tap ln_f, and its last row, at length 1, in double. */
    @Test
    void embeddingsAreMadeOfTheOutputOfTheFinalNorm() {
        int[] ids = MODEL.tokenizer().encode("There was once a king");
        Map<String, Tensor> taps = new LinkedHashMap<>();
        MODEL.trace(ids, taps::put);
        Tensor hidden = taps.get("ln_f");
        int T = hidden.size(0);
        int C = hidden.size(1);
        double[] mean = new double[C];
        double[] last = new double[C];
        for (int t = 0; t < T; t++) {
            for (int c = 0; c < C; c++) {
                mean[c] += (double) hidden.at(t, c) / T;
                last[c] = hidden.at(t, c);
            }
        }

        for (String pooling : List.of("mean", "last")) {
            String request = "{\"input\": [\"The fox\", \"There was once a king\"], \"pooling\": \"" + pooling + "\"";
            JsonNode answer = server.postForJson("/v1/embeddings", request + "}");
            JsonNode packed = server.postForJson("/v1/embeddings", request + ", \"encoding_format\": \"base64\"}");

            double[] expected = pooling.equals("mean") ? mean : last;
            double length = Math.sqrt(Arrays.stream(expected).map(x -> x * x).sum());
            JsonNode vector = answer.at("/data/1/embedding");
            ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder()
                            .decode(packed.at("/data/1/embedding").textValue()))
                    .order(ByteOrder.LITTLE_ENDIAN);
            assertThat(vector).hasSize(C);
            for (int c = 0; c < C; c++) {
                assertThat(vector.get(c).doubleValue()).isCloseTo(expected[c] / length, within(1e-6));
                assertThat(bytes.getFloat()).isEqualTo(vector.get(c).floatValue());
            }
            assertThat(answer.at("/usage/prompt_tokens").intValue()).isEqualTo(2 + T);
            assertThat(answer.at("/data/1/index").intValue()).isEqualTo(1);
        }
    }

    @Test
    void manyTextsAreEmbeddedInOrder() {
        StringBuilder inputs = new StringBuilder("[[1]");
        for (int i = 2; i <= 60; i++) {
            inputs.append(",[").append(i).append("]");
        }

        HttpResponse<String> response = server.post("/v1/embeddings", "{\"input\": " + inputs + "]}");
        JsonNode many = server.json(response);

        assertThat(many.get("data")).hasSize(60);
        JsonNode one = server.postForJson("/v1/embeddings", "{\"input\": [37]}");
        assertThat(many.at("/data/36/embedding")).isEqualTo(one.at("/data/0/embedding"));
        assertThat(Replay.read("many", response.body()).difference(MODEL, TestServer.FINGERPRINT))
                .isEmpty();
        assertThat(response.headers().firstValue("Touchstone-Digest"))
                .contains(many.at("/touchstone/digest").textValue());
    }

    @Test
    void anAnswerIsExplainedOnAPageOfItsOwn() {
        String request = "{\"prompt\": \"The fox\", \"max_tokens\": 4, \"temperature\": 1, \"seed\": 4}";

        String url = server.postForJson("/explain", request).get("url").textValue();
        HttpResponse<String> page = server.get("/" + url);

        assertThat(url).matches("explain/[0-9a-f]{32}");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).startsWith("<!DOCTYPE html>").contains("seed 4");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .startsWith("default-src 'none'");
        assertThat(server.get("/explain/" + "0".repeat(32)).statusCode()).isEqualTo(404);
    }
}
