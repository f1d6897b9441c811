package dev.touchstone.checkpoint.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.util.TouchstoneException;
import java.util.List;
import java.util.Map;

/**
 * Writes the {@code config.json} that Hugging Face's class of the same architecture has for a GGUF model. A field that the metadata lacks
 * is an error, unless the specification of the format gives its default.
 */
final class GgufConfig {
    /** Metadata that changes the result, and that is not supported with any other value. */
    private static final Map<String, String> REQUIRED_VALUES = Map.of(
            "use_parallel_residual", "false",
            "attention.causal", "true",
            "attention.clamp_kqv", "0.0",
            "attention.max_alibi_bias", "0.0",
            "expert_count", "0",
            "attention.scale", "0.0",
            "logit_scale", "0.0",
            "embedding_scale", "0.0",
            "residual_scale", "0.0");

    /** The model type of Gemma 2 with 27 billion parameters has this many layers. */
    private static final int LAYERS_OF_GEMMA_27B = 46;

    private final String file;
    private final GgufArchitecture architecture;
    private final ObjectNode metadata;
    private final Map<String, GgufTensor> tensors;
    private final ObjectNode config = JsonNodeFactory.instance.objectNode();

    private GgufConfig(Gguf gguf, GgufArchitecture architecture) {
        this.file = gguf.place();
        this.architecture = architecture;
        this.metadata = gguf.metadata();
        this.tensors = gguf.tensors();
    }

    static ObjectNode of(Gguf gguf, GgufArchitecture architecture) {
        return new GgufConfig(gguf, architecture).build();
    }

    private ObjectNode build() {
        REQUIRED_VALUES.forEach(this::refuseOther);
        int heads = integer("attention.head_count");
        int channels = integer("embedding_length");
        int headSize = has("attention.key_length") ? integer("attention.key_length") : channels / Math.max(1, heads);
        requireEqual("attention.value_length", headSize);
        requireEqual("rope.dimension_count", headSize);
        config.putArray("architectures").add(architecture.modelClass());
        config.put("model_type", architecture.modelType());
        config.put("vocab_size", rows("token_embd.weight"));
        config.put("hidden_size", channels);
        config.put("intermediate_size", integer("feed_forward_length"));
        config.put("num_hidden_layers", integer("block_count"));
        config.put("num_attention_heads", heads);
        config.put("num_key_value_heads", has("attention.head_count_kv") ? integer("attention.head_count_kv") : heads);
        config.put("head_dim", headSize);
        config.put("max_position_embeddings", integer("context_length"));
        config.set("rms_norm_eps", required("attention.layer_norm_rms_epsilon"));
        config.put("tie_word_embeddings", !tensors.containsKey("output.weight"));
        config.set("rope_parameters", rope());
        tokenId("bos_token_id", "bos_token_id");
        tokenId("eos_token_id", "eos_token_id");
        tokenId("pad_token_id", "padding_token_id");
        switch (architecture) {
            case LLAMA -> {
                config.put("attention_bias", tensors.containsKey("blk.0.attn_q.bias"));
                config.put("mlp_bias", tensors.containsKey("blk.0.ffn_up.bias"));
                config.put("hidden_act", "silu");
            }
            case QWEN2, QWEN3 -> {
                if (architecture == GgufArchitecture.QWEN3) {
                    config.put("attention_bias", tensors.containsKey("blk.0.attn_q.bias"));
                }
                config.put("hidden_act", "silu");
                config.put("use_sliding_window", false);
            }
            case GEMMA2 -> gemma2(channels, heads, headSize);
        }
        return config;
    }

    private void gemma2(int channels, int heads, int headSize) {
        config.put("attention_bias", false);
        config.put("hidden_activation", "gelu_pytorch_tanh");
        config.set("attn_logit_softcapping", required("attn_logit_softcapping"));
        config.set("final_logit_softcapping", required("final_logit_softcapping"));
        config.put("sliding_window", integer("attention.sliding_window"));
        // The file does not contain it; llama.cpp decides by the number of layers too.
        boolean large = integer("block_count") == LAYERS_OF_GEMMA_27B;
        config.put("query_pre_attn_scalar", large ? channels / heads : headSize);
    }

    /** The settings of the rotary embedding, with the scaling of the metadata or with the factors of {@code rope_freqs.weight}. */
    private ObjectNode rope() {
        ObjectNode rope = JsonNodeFactory.instance.objectNode();
        rope.set("rope_theta", required("rope.freq_base"));
        rope.put("rope_type", "default");
        GgufTensor factors = tensors.get("rope_freqs.weight");
        String type = metadata.path(key("rope.scaling.type")).asText("none");
        if (factors != null) {
            refuse(!type.equals("none"), "rope.scaling.type", type, "none beside the tensor rope_freqs.weight");
            rope.put("rope_type", "longrope");
            rope.put("factor", 1.0);
            rope.put("original_max_position_embeddings", integer("context_length"));
            rope.set("short_factor", values(factors));
            rope.set("long_factor", values(factors));
            return rope;
        }
        refuse(!List.of("none", "linear", "yarn").contains(type), "rope.scaling.type", type, "none, linear or yarn");
        if (!type.equals("none")) {
            rope.put("rope_type", type);
            rope.set("factor", required("rope.scaling.factor"));
        }
        if (type.equals("yarn")) {
            rope.put("original_max_position_embeddings", integer("rope.scaling.original_context_length"));
        }
        return rope;
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

    private void tokenId(String field, String name) {
        JsonNode id = metadata.get("tokenizer.ggml." + name);
        if (id != null) {
            config.set(field, id);
        }
    }

    private int rows(String tensor) {
        GgufTensor found = tensors.get(tensor);
        if (found == null || found.shape().length != 2) {
            throw new TouchstoneException(
                    file + " holds no matrix " + tensor + "; it is no language model, or damaged");
        }
        return found.shape()[0];
    }

    private String key(String name) {
        return architecture.id() + "." + name;
    }

    private boolean has(String name) {
        return metadata.has(key(name));
    }

    private JsonNode required(String name) {
        JsonNode value = metadata.get(key(name));
        if (value == null) {
            throw new TouchstoneException(
                    file + ": the metadata lacks " + key(name) + "; convert the model again with a current llama.cpp");
        }
        return value;
    }

    private int integer(String name) {
        JsonNode value = required(name);
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 1) {
            throw new TouchstoneException(
                    file + ": " + key(name) + " is " + shortened(value) + ", expected a whole number above 0");
        }
        return value.intValue();
    }

    private void requireEqual(String name, int expected) {
        if (has(name) && integer(name) != expected) {
            throw new TouchstoneException(file + ": " + key(name) + " is " + integer(name) + ", expected " + expected
                    + ", the size of a head; other sizes are not supported");
        }
    }

    private void refuseOther(String name, String expected) {
        JsonNode value = metadata.get(key(name));
        if (value != null) {
            refuse(!value.asText().equals(expected), name, shortened(value), expected);
        }
    }

    private void refuse(boolean wrong, String name, String found, String expected) {
        if (wrong) {
            throw new TouchstoneException(
                    file + ": " + key(name) + " is " + found + ", which is not supported; expected " + expected);
        }
    }

    private static String shortened(JsonNode value) {
        String text = value.toString();
        return text.length() <= 80 ? text : text.substring(0, 80) + "...";
    }
}
