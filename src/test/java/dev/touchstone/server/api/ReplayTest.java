package dev.touchstone.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.LanguageModel;
import dev.touchstone.server.api.Job.Prompt;
import dev.touchstone.tensor.Tensor;
import dev.touchstone.util.Json;
import dev.touchstone.util.Sha256;
import dev.touchstone.util.TouchstoneException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Responses that are computed again. */
class ReplayTest {
    private static final LanguageModel MODEL = LanguageModel.storyteller();
    private static final String PRINT = "ab".repeat(32);
    private static final List<String> REQUESTS = List.of(
            "{\"prompt\": \"The king\", \"max_tokens\": 8}",
            "{\"prompt\": [\"The king\", [308]], \"n\": 2, \"max_tokens\": 6, \"temperature\": 1, \"seed\": 5, \"stop\": \"a\"}",
            "{\"prompt\": \"The fox\", \"max_tokens\": 5, \"echo\": true, \"logit_bias\": {\"12\": -7.5}, \"presence_penalty\": 1.5}");

    @AfterAll
    static void close() {
        MODEL.close();
    }

    private static ObjectNode answer(int request) {
        return Alone.answer(MODEL, REQUESTS.get(request), PRINT);
    }

    private static String difference(String response) {
        return Replay.read("r.json", response).difference(MODEL, PRINT).orElse("equal");
    }

    /** The answer with a digest that fits, as one has who changes it on purpose. */
    private static String signed(ObjectNode answer) {
        ObjectNode proof = (ObjectNode) answer.get("touchstone");
        proof.remove("digest");
        proof.put("digest", Sha256.hex(proof.toString()));
        return answer.toString();
    }

    @Test
    void responsesAndStreamsAreEqual() {
        for (int i = 0; i < REQUESTS.size(); i++) {
            String request = REQUESTS.get(i);
            String stream =
                    Alone.chunks(MODEL, request.substring(0, request.length() - 1) + ", \"stream\": true}", PRINT)
                            .stream()
                            .map(chunk -> "data: " + chunk + "\n\n")
                            .collect(Collectors.joining("", ": waiting\n\n", "data: [DONE]\n\n"));

            assertThat(difference(answer(i).toString())).as(request).isEqualTo("equal");
            assertThat(difference(stream)).as(request).isEqualTo("equal");
        }
        int tokens = answer(1).at("/usage/completion_tokens").intValue();
        assertThat(Replay.read("r.json", answer(1).toString()).contents()).isEqualTo("4 texts, " + tokens + " tokens");
    }

    @Test
    void aChangedTokenIsNamed() {
        ObjectNode answer = answer(1);
        ArrayNode ids = (ArrayNode) answer.at("/touchstone/choices/2/ids");
        int before = ids.get(1).intValue();
        ids.set(1, before + 1);

        assertThat(difference(answer.toString())).startsWith("the response was changed after it was made");
        assertThat(difference(signed(answer)))
                .startsWith("choice 2 differs at new token 1: the response has " + (before + 1))
                .contains("computed again it is " + before);
        ids.set(1, before);
        ids.add(7);
        assertThat(difference(signed(answer))).contains("computed again it is no token");
    }

    @Test
    void aChangedTextOrReasonIsNamed() {
        ObjectNode text = answer(0);
        ((ObjectNode) text.at("/choices/0")).put("text", " of Spain");
        ObjectNode reason = answer(0);
        ((ObjectNode) reason.at("/touchstone/choices/0")).put("finish_reason", "eos");

        assertThat(difference(text.toString())).startsWith("choice 0 has the same tokens but another text");
        assertThat(difference(signed(reason))).startsWith("choice 0 ended by eos");
    }

    /** An answer of embeddings, each computed in one pass. */
    private static ObjectNode embeddings(String more) {
        Context context = Context.of(MODEL, RequestLimits.defaults());
        Embeddings request = Embeddings.read(
                Json.value("the body", "{\"input\": [\"The fox\", [5, 7, 9, 11]]" + more + "}"), context);
        List<float[]> vectors = new ArrayList<>();
        for (Prompt input : request.inputs()) {
            Map<String, Tensor> taps = new HashMap<>();
            MODEL.trace(input.ids(), taps::put);
            Embeddings.Pool pool = request.pooling().pool(input.ids().length);
            for (int t = 0; t < input.ids().length; t++) {
                pool.add(t, taps.get("ln_f").row(t));
            }
            vectors.add(pool.vector());
        }
        return request.answer(vectors, context, PRINT);
    }

    @Test
    void embeddingsAreEqual() {
        for (String more : List.of("", ", \"pooling\": \"last\"", ", \"encoding_format\": \"base64\"")) {
            String response = embeddings(more).toString();

            assertThat(difference(response)).as(more).isEqualTo("equal");
            assertThat(Replay.read("r.json", response).contents()).isEqualTo("2 embeddings of 6 tokens");
        }
    }

    @Test
    void aChangedEmbeddingIsNamed() {
        ObjectNode number = embeddings("");
        ((ArrayNode) number.at("/data/1/embedding")).set(3, 0.5f);
        ObjectNode input = embeddings("");
        ((ArrayNode) input.at("/touchstone/prompt_ids/1")).set(0, 6);
        ObjectNode pooling = embeddings("");
        ((ObjectNode) pooling.get("touchstone")).put("pooling", "last");
        ObjectNode fewer = embeddings("");
        ((ArrayNode) fewer.get("data")).remove(1);

        assertThat(difference(number.toString())).startsWith("embedding 1 has the same digest but another number 3: ");
        assertThat(difference(input.toString())).startsWith("the response was changed after it was made");
        assertThat(difference(signed(input))).startsWith("embedding 1 differs: its digest is ");
        assertThat(difference(signed(pooling))).startsWith("embedding 0 differs");
        assertThat(difference(fewer.toString())).isEqualTo("the response has 1 embeddings, but the digests of 2");
    }

    @Test
    void anotherModelIsNamed() {
        assertThat(Replay.read("r.json", answer(0).toString()).difference(MODEL, "cd".repeat(32)))
                .hasValueSatisfying(line -> assertThat(line).contains("another model", "abab", "cdcd"));
    }

    @Test
    void whatIsNoResponseIsRefused() {
        for (String text : List.of("{}", "", "data: {}\n", "x", "{\"touchstone\": 1}", "{\"touchstone\"")) {
            assertThatThrownBy(() -> Replay.read("r.json", text))
                    .as(text)
                    .isInstanceOf(TouchstoneException.class)
                    .hasMessageStartingWith("r.json ");
        }
    }
}
