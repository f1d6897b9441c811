package dev.touchstone.checkpoint.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/** The rotary embedding of a GGUF model, as {@code rope_parameters} in {@code config.json}. */
record RotaryMetadata(ArchitectureMetadata metadata, Map<String, GgufTensor> tensors) {
    /** llama.cpp's converter does not write the base of GPT-NeoX and Phi; llama.cpp then uses this one. */
    private static final double DEFAULT_BASE = 10_000;

    private static final String OLD_FACTOR = "rope.scale_linear";

    /** With the scaling of the metadata, or with the factors of {@code rope_freqs.weight}. */
    ObjectNode parameters(JsonNode base) {
        ObjectNode rope = JsonNodeFactory.instance.objectNode();
        rope.set("rope_theta", base);
        rope.put("rope_type", "default");
        GgufTensor factors = tensors.get(GgufWeights.ROPE_FACTORS);
        String type = metadata.text("rope.scaling.type", hasOldScaling() ? "linear" : "none");
        if (factors != null) {
            metadata.refuse(
                    !type.equals("none"), "rope.scaling.type", type, "none beside the tensor " + factors.name());
            rope.put("rope_type", "longrope");
            rope.put("factor", 1.0);
            rope.put("original_max_position_embeddings", metadata.integer("context_length"));
            rope.set("short_factor", values(factors));
            rope.set("long_factor", values(factors));
            return rope;
        }
        metadata.refuse(
                !List.of("none", "linear", "yarn").contains(type), "rope.scaling.type", type, "none, linear or yarn");
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

    /** Of an architecture that rotates {@code rope.dimension_count} of a head's channels. */
    ObjectNode parametersOfPart(int headSize) {
        JsonNode base = metadata.has("rope.freq_base")
                ? metadata.required("rope.freq_base")
                : JsonNodeFactory.instance.numberNode(DEFAULT_BASE);
        int channels = metadata.integer("rope.dimension_count");
        double part = (double) channels / headSize;
        while ((int) (headSize * part) < channels) {
            part = Math.nextUp(part); // Hugging Face rounds the product down
        }
        return parameters(base).put("partial_rotary_factor", part);
    }

    private void yarn(ObjectNode rope) {
        for (String name : List.of("attn_factor", "yarn_attn_factor", "yarn_ext_factor")) {
            metadata.refuseOther("rope.scaling." + name, "1.0");
        }
        metadata.refuseOther("rope.scaling.yarn_log_multiplier", "0.0");
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
