package dev.touchstone.checkpoint.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.util.TouchstoneException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/** The rotary embedding of a GGUF model, as {@code rope_parameters} in {@code config.json}. */
record RotaryMetadata(ArchitectureMetadata metadata, Map<String, GgufTensor> tensors) {
    /** llama.cpp's converter does not write the base of some architectures; llama.cpp then uses this one. */
    static final double DEFAULT_BASE = 10_000;

    /** Factors of LongRoPE, which are part of {@code config.json}. */
    static final String LONG_FACTORS = "rope_factors_long.weight";

    static final String SHORT_FACTORS = "rope_factors_short.weight";

    private static final String OLD_FACTOR = "rope.scale_linear";
    private static final String TYPE = "rope.scaling.type";

    /** By how much YaRN multiplies cosines and sines. */
    private static final String FACTOR = "rope.scaling.yarn_attn_factor";

    /** Of the logarithm in that factor. */
    private static final String MULTIPLIER = "rope.scaling.yarn_log_multiplier";

    /** The base of the frequencies. */
    JsonNode base() {
        return metadata.has("rope.freq_base")
                ? metadata.required("rope.freq_base")
                : JsonNodeFactory.instance.numberNode(DEFAULT_BASE);
    }

    /** With the scaling of the metadata, or with the factors of {@code rope_freqs.weight}. */
    ObjectNode parameters() {
        metadata.refuse(
                type().equals("yarn")
                        && metadata.has(MULTIPLIER)
                        && metadata.required(MULTIPLIER).doubleValue() != 0,
                MULTIPLIER,
                metadata.text(MULTIPLIER, ""),
                "0.0");
        return scaled();
    }

    /**
     * With YaRN, cosines and sines are not multiplied, but scores are. The converter writes a tenth of {@code mscale_all_dim}, to which
     * {@code mscale} is equal in all models.
     */
    ObjectNode parametersOfLatent() {
        ObjectNode rope = scaled();
        if (type().equals("yarn")) {
            BigDecimal scale = multiplier().movePointRight(1);
            rope.put("mscale", scale.doubleValue());
            rope.put("mscale_all_dim", scale.doubleValue());
        }
        return rope;
    }

    /** With YaRN, whose {@code mscale} is 1 in llama.cpp. */
    ObjectNode parametersOfMinistral() {
        metadata.refuse(!type().equals("yarn"), TYPE, type(), "yarn");
        return scaled().put("mscale", 1.0).put("mscale_all_dim", multiplier().doubleValue());
    }

    /** The shortest decimal number that has the value in float32, which is the one that the converter was given. */
    private BigDecimal multiplier() {
        metadata.refuse(metadata.has(FACTOR), FACTOR, metadata.text(FACTOR, ""), "none beside " + MULTIPLIER);
        JsonNode value = metadata.required(MULTIPLIER);
        metadata.refuse(
                !Float.isFinite(value.floatValue()) || value.floatValue() < 0,
                MULTIPLIER,
                value.asText(),
                "a number of at least 0");
        return new BigDecimal(Float.toString(value.floatValue()));
    }

    private String type() {
        return metadata.text(TYPE, hasOldScaling() ? "linear" : "none");
    }

    private ObjectNode scaled() {
        ObjectNode rope = unscaled();
        GgufTensor factors = tensors.get(GgufWeights.ROPE_FACTORS);
        String type = type();
        if (factors != null) {
            metadata.refuse(!type.equals("none"), TYPE, type, "none beside the tensor " + factors.name());
            rope.put("rope_type", "longrope");
            rope.put("factor", 1.0);
            rope.put("original_max_position_embeddings", metadata.integer("context_length"));
            rope.set("short_factor", values(factors));
            rope.set("long_factor", values(factors));
            return rope;
        }
        metadata.refuse(!List.of("none", "linear", "yarn").contains(type), TYPE, type, "none, linear or yarn");
        if (!type.equals("none")) {
            rope.put("rope_type", type);
            boolean old = hasOldScaling() && !metadata.has("rope.scaling.factor");
            rope.set("factor", metadata.required(old ? OLD_FACTOR : "rope.scaling.factor"));
        }
        if (type.equals("yarn")) {
            yarn(rope);
        }
        return rope;
    }

    private ObjectNode unscaled() {
        ObjectNode rope = JsonNodeFactory.instance.objectNode();
        rope.set("rope_theta", base());
        return rope.put("rope_type", "default");
    }

    /** Of an architecture that rotates {@code rope.dimension_count} of a head's channels. */
    ObjectNode parametersOfPart(int headSize) {
        return parameters().put("partial_rotary_factor", part(headSize));
    }

    private double part(int headSize) {
        int channels = metadata.integer("rope.dimension_count");
        double part = (double) channels / headSize;
        while ((int) (headSize * part) < channels) {
            part = Math.nextUp(part); // Hugging Face rounds the product down
        }
        return part;
    }

    /** Of some channels, with LongRoPE if the file has its factors. */
    ObjectNode longRope(int headSize) {
        metadata.refuseOther(TYPE, "longrope");
        metadata.refuseOther(OLD_FACTOR, "1.0");
        ObjectNode rope = unscaled().put("partial_rotary_factor", part(headSize));
        GgufTensor ofShort = tensors.get(SHORT_FACTORS);
        GgufTensor ofLong = tensors.get(LONG_FACTORS);
        if (ofShort == null && ofLong == null) {
            metadata.refuseOther("rope.scaling.attn_factor", "1.0");
            return rope;
        }
        if (ofShort == null || ofLong == null) {
            throw new TouchstoneException(metadata.file() + " holds " + (ofShort == null ? LONG_FACTORS : SHORT_FACTORS)
                    + ", expected " + (ofShort == null ? SHORT_FACTORS : LONG_FACTORS) + " too");
        }
        rope.put("rope_type", "longrope");
        rope.set("short_factor", values(ofShort));
        rope.set("long_factor", values(ofLong));
        int trained = metadata.integer("rope.scaling.original_context_length");
        rope.put("original_max_position_embeddings", trained);
        double ratio = (double) metadata.integer("context_length") / trained;
        double usual = ratio <= 1 ? 1 : Math.sqrt(1 + StrictMath.log(ratio) / StrictMath.log(trained));
        JsonNode factor = metadata.required("rope.scaling.attn_factor");
        if (factor.floatValue() != (float) usual) {
            rope.set("attention_factor", factor);
        }
        return rope;
    }

    private void yarn(ObjectNode rope) {
        for (String name : List.of("attn_factor", "yarn_ext_factor")) {
            metadata.refuseOther("rope.scaling." + name, "1.0");
        }
        // OLMo 3 has the usual factor, which follows from the others, in its configuration.
        double usual = 0.1 * StrictMath.log(rope.get("factor").doubleValue()) + 1;
        JsonNode given = metadata.all().get(metadata.key(FACTOR));
        if (given == null || given.floatValue() != (float) usual) {
            metadata.refuseOther(FACTOR, "1.0");
        }
        rope.put("original_max_position_embeddings", metadata.integer("rope.scaling.original_context_length"));
        for (String name : List.of("beta_fast", "beta_slow")) {
            if (metadata.has("rope.scaling.yarn_" + name)) {
                rope.set(name, metadata.required("rope.scaling.yarn_" + name));
            }
        }
    }

    /** Older files have a factor of linear scaling, and no type. */
    private boolean hasOldScaling() {
        return metadata.has(OLD_FACTOR) && metadata.required(OLD_FACTOR).doubleValue() != 1;
    }

    private static ArrayNode values(GgufTensor tensor) {
        int count = (int) Math.min(tensor.elements(), 1 << 16);
        float[] values = new float[count];
        tensor.reader(count).floats(0, count, values, 0);
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        for (float value : values) {
            array.add(value);
        }
        return array;
    }
}
