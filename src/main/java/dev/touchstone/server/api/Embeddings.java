package dev.touchstone.server.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.server.api.Job.Prompt;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * {@code POST /v1/embeddings}. The embedding of a text is made of the output of the final norm: the mean over its tokens, or that of
 * the last token, divided by its length, so that its length is 1.
 *
 * @param base64 whether the answer has the bytes of little-endian floats, which OpenAI's clients ask for
 */
public record Embeddings(List<Prompt> inputs, Pooling pooling, boolean base64, String user) {
    private static final Set<String> NAMES = Set.of("model", "input", "encoding_format", "pooling", "user");

    /** How the hidden states of the tokens become one vector. */
    public enum Pooling {
        MEAN,
        LAST;

        /** By their names in requests. */
        static final Map<String, Pooling> NAMES = Map.of("mean", MEAN, "last", LAST);

        /** A sum over tokens, in their order. */
        public Pool pool(int tokens) {
            return new Pool(this, tokens);
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Throws an {@link ApiException} if the request is wrong. */
    public static Embeddings read(JsonNode body, Context context) {
        Fields fields = Fields.of(body);
        fields.only(NAMES, Known.EMBEDDING_REFUSED);
        context.checkModel(fields);
        return new Embeddings(
                Prompts.read(fields, "input", context.limits().inputs(), context),
                fields.choice("pooling", Pooling.MEAN, Pooling.NAMES),
                fields.choice("encoding_format", false, Map.of("float", false, "base64", true)),
                fields.text("user"));
    }

    /** The hidden states of one text on their way to its embedding. */
    public static final class Pool {
        private final Pooling pooling;
        private final int tokens;
        private double[] sum;

        private Pool(Pooling pooling, int tokens) {
            this.pooling = pooling;
            this.tokens = tokens;
        }

        /** @param hidden of a token. (C) */
        public void add(int position, float[] hidden) {
            sum = sum == null ? new double[hidden.length] : sum;
            if (pooling == Pooling.MEAN || position == tokens - 1) {
                for (int c = 0; c < hidden.length; c++) {
                    sum[c] += hidden[c];
                }
            }
        }

        /** The embedding; the factor of the mean has no effect on it. -> (C) */
        public float[] vector() {
            double squares = 0;
            for (double value : sum) {
                squares += value * value;
            }
            float[] vector = new float[sum.length];
            for (int c = 0; c < sum.length; c++) {
                vector[c] = (float) (squares == 0 ? 0 : sum[c] / Math.sqrt(squares));
            }
            return vector;
        }
    }

    /**
     * The answer, with its proof.
     *
     * @param vectors of the inputs, in their order. (C) each
     */
    public ObjectNode answer(List<float[]> vectors, Context context, String fingerprint) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("object", "list");
        ArrayNode data = json.putArray("data");
        for (float[] vector : vectors) {
            ObjectNode one = data.addObject().put("object", "embedding").put("index", data.size() - 1);
            if (base64) {
                one.put("embedding", Base64.getEncoder().encodeToString(bytes(vector)));
            } else {
                ArrayNode numbers = one.putArray("embedding");
                for (float number : vector) {
                    numbers.add(number);
                }
            }
        }
        int tokens = inputs.stream().mapToInt(input -> input.ids().length).sum();
        json.put("model", context.model().name()).put("system_fingerprint", Answer.shortened(fingerprint));
        json.putObject("usage").put("prompt_tokens", tokens).put("total_tokens", tokens);
        json.set("touchstone", Proof.ofEmbeddings(this, vectors, fingerprint));
        return json;
    }

    /** The floats in little-endian order. (C) -> (4 C) */
    static byte[] bytes(float[] vector) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * vector.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(vector);
        return bytes.array();
    }

    /** A vector of a response, in either encoding. -> (C) */
    static float[] vector(JsonNode encoded) {
        if (!encoded.isTextual()) {
            float[] vector = new float[encoded.size()];
            for (int c = 0; c < vector.length; c++) {
                vector[c] = encoded.get(c).floatValue();
            }
            return vector;
        }
        FloatBuffer floats = ByteBuffer.wrap(Base64.getDecoder().decode(encoded.textValue()))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
        float[] vector = new float[floats.remaining()];
        floats.get(vector);
        return vector;
    }
}
