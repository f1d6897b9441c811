package dev.touchstone.checkpoint.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.FloatNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.util.TouchstoneException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Writes the {@code config.json} that Hugging Face's class of the same architecture has for a GGUF model. A field that the metadata lacks
 * is an error, unless the specification of the format or llama.cpp gives its default. The fields of single architectures are in
 * {@link LlamaConfigs}, {@link GemmaConfigs}, {@link ExpertConfigs}, {@link LatentConfigs} and {@link GptConfigs}.
 */
final class GgufConfig {
    /** Metadata that changes the result, with the only value that is supported in architectures that do not read it. */
    private static final Map<String, String> REQUIRED_VALUES = new TreeMap<>(Map.ofEntries(
            Map.entry("attention.causal", "true"),
            Map.entry("attention.clamp_kqv", "0.0"),
            Map.entry("attention.max_alibi_bias", "0.0"),
            Map.entry("attention.scale", "0.0"),
            Map.entry("attention.temperature_length", "0"),
            Map.entry("attention.temperature_scale", "0.0"),
            Map.entry("attn_logit_softcapping", "0.0"),
            Map.entry("embedding_scale", "0.0"),
            Map.entry("expert_count", "0"),
            Map.entry("expert_gating_func", "1"),
            Map.entry("expert_group_count", "0"),
            Map.entry("expert_shared_count", "0"),
            Map.entry("expert_shared_feed_forward_length", "0"),
            Map.entry("expert_weights_scale", "1.0"),
            Map.entry("final_logit_softcapping", "0.0"),
            Map.entry("interleave_moe_layer_step", "0"),
            Map.entry("leading_dense_block_count", "0"),
            Map.entry("logit_scale", "0.0"),
            Map.entry("nextn_predict_layers", "0"),
            Map.entry("residual_scale", "0.0"),
            Map.entry("rope.freq_base_swa", "0.0"),
            Map.entry("router_logit_softcapping", "0.0")));

    private final ArchitectureMetadata metadata;
    private final GgufArchitecture architecture;
    private final Map<String, GgufTensor> tensors;
    private final ObjectNode config = JsonNodeFactory.instance.objectNode();
    private final Set<String> read = new HashSet<>();

    private GgufConfig(Gguf gguf, GgufArchitecture architecture) {
        this.metadata = new ArchitectureMetadata(gguf.place(), architecture.id(), gguf.metadata());
        this.architecture = architecture;
        this.tensors = gguf.tensors();
    }

    static ObjectNode of(Gguf gguf, GgufArchitecture architecture) {
        return (ObjectNode) decimal(new GgufConfig(gguf, architecture).build());
    }

    /**
     * The same value with the numbers that it has as text. A float32 of the metadata is the shortest decimal number that is rounded to it,
     * such as 0.001, which is that of the converted configuration.
     */
    private static JsonNode decimal(JsonNode value) {
        if (value instanceof FloatNode) {
            return DoubleNode.valueOf(Double.parseDouble(value.asText()));
        }
        if (value.isLong() && value.canConvertToInt()) {
            return IntNode.valueOf(value.intValue());
        }
        if (value instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, decimal(array.get(i)));
            }
        }
        if (value instanceof ObjectNode object) {
            object.properties().forEach(field -> field.setValue(decimal(field.getValue())));
        }
        return value;
    }

    private ObjectNode build() {
        config.put("vocab_size", rows("token_embd.weight"));
        config.put("tie_word_embeddings", !has("output.weight"));
        tokenId("bos_token_id", "bos_token_id");
        tokenId("eos_token_id", "eos_token_id");
        tokenId("pad_token_id", "padding_token_id");
        modelClass(architecture.modelType(), architecture.modelClass());
        architecture.config().accept(this);
        REQUIRED_VALUES.forEach((name, expected) -> {
            if (!read.contains(name)) {
                metadata.refuseOther(name, expected);
            }
        });
        return config;
    }

    void modelClass(String type, String name) {
        config.put("model_type", type);
        config.putArray("architectures").add(name);
    }

    ArchitectureMetadata metadata() {
        return metadata;
    }

    /** The file that is written. */
    ObjectNode json() {
        return config;
    }

    RotaryMetadata rotary() {
        return new RotaryMetadata(metadata, tensors);
    }

    /** Writes a number of the metadata, which must be there. */
    void number(String field, String name) {
        config.set(field, metadata.required(name));
        read.add(name);
    }

    /** Writes a number of the metadata if it is there. */
    void numberIfPresent(String field, String name) {
        if (metadata.has(name)) {
            number(field, name);
        }
    }

    /** Writes a number of the metadata if it is there and not 0, which turns it off. */
    void numberUnlessZero(ObjectNode object, String field, String name) {
        if (metadata.has(name) && metadata.required(name).doubleValue() != 0) {
            object.set(field, metadata.required(name));
        }
        read.add(name);
    }

    /** Writes a whole number above 0 of the metadata, which must be there. */
    void integer(String field, String name) {
        config.put(field, metadata.integer(name));
        read.add(name);
    }

    /** Accepts one value of the metadata, or none. */
    void only(String name, String value) {
        metadata.refuseOther(name, value);
        read.add(name);
    }

    /** Says that a value of the metadata was read. */
    void reads(String name) {
        read.add(name);
    }

    /**
     * The sizes, key-value heads and MLP of Llama and the architectures after it, and rotary embeddings on all channels of a head.
     *
     * @return the size of a head
     */
    int likeLlama() {
        int headSize = groupedHeads();
        wholeRotary(headSize, rotary().parameters());
        return headSize;
    }

    /** Writes a rotary embedding on all channels of a head. */
    void wholeRotary(int headSize, ObjectNode parameters) {
        metadata.requireEqual("rope.dimension_count", headSize, "the size of a head");
        config.set("rope_parameters", parameters);
    }

    /** The same without rotary embeddings. */
    int groupedHeads() {
        int headSize = sizes("hidden_size", "num_attention_heads", "num_hidden_layers", "max_position_embeddings");
        if (metadata.has("attention.key_length") || architecture.hasSizeOfHead()) {
            config.put("head_dim", headSize);
        }
        config.put("intermediate_size", metadata.integer("feed_forward_length"));
        config.put("num_key_value_heads", keyValueHeads());
        return headSize;
    }

    void rmsNorm() {
        number("rms_norm_eps", "attention.layer_norm_rms_epsilon");
    }

    /** Writes the sizes that all architectures have, under these names; returns the size of a head. */
    int sizes(String channels, String heads, String layers, String positions) {
        int width = metadata.integer("embedding_length");
        int count = metadata.integer("attention.head_count");
        int headSize = metadata.has("attention.key_length") ? metadata.integer("attention.key_length") : width / count;
        metadata.requireEqual("attention.value_length", headSize, "the size of a head");
        config.put(channels, width);
        config.put(heads, count);
        config.put(layers, metadata.integer("block_count"));
        config.put(positions, metadata.integer("context_length"));
        return headSize;
    }

    int keyValueHeads() {
        return metadata.has("attention.head_count_kv")
                ? metadata.integer("attention.head_count_kv")
                : metadata.integer("attention.head_count");
    }

    void withoutWindow() {
        metadata.refuseOther("attention.sliding_window", "0");
    }

    boolean hasWindow() {
        return metadata.has("attention.sliding_window")
                && metadata.required("attention.sliding_window").asInt() != 0;
    }

    /**
     * Writes the window, and the kind of each layer by {@code attention.sliding_window_pattern}: an element for each layer, or the number of
     * layers after which one has full attention.
     *
     * @param period that number if the metadata has no pattern
     */
    void windowOfSomeLayers(int period) {
        integer("sliding_window", "attention.sliding_window");
        int layers = metadata.integer("block_count");
        JsonNode pattern = metadata.all().path(metadata.key("attention.sliding_window_pattern"));
        metadata.refuse(
                pattern.isArray() && pattern.size() != layers,
                "attention.sliding_window_pattern",
                "an array of " + pattern.size() + " elements",
                "one for each of the " + layers + " layers");
        int every = pattern.isMissingNode() ? period : pattern.asInt();
        List<Boolean> slides = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            slides.add(pattern.isArray() ? pattern.get(layer).asBoolean() : every == 0 || layer % every < every - 1);
        }
        layerTypes(slides);
    }

    /** Writes whether each layer has the sliding window. */
    void layerTypes(List<Boolean> slides) {
        var types = config.putArray("layer_types");
        slides.forEach(one -> types.add(one ? "sliding_attention" : "full_attention"));
    }

    boolean has(String tensor) {
        return tensors.containsKey(tensor);
    }

    boolean fusedBias() {
        return has("blk.0.attn_qkv.bias");
    }

    /** Whether queries, keys and values have biases. */
    boolean attentionBias() {
        return has("blk.0.attn_q.bias") || fusedBias();
    }

    private void tokenId(String field, String name) {
        JsonNode id = metadata.all().get("tokenizer.ggml." + name);
        if (id != null) {
            config.set(field, id);
        }
    }

    private int rows(String tensor) {
        GgufTensor found = tensors.get(tensor);
        if (found == null || found.shape().length != 2) {
            throw new TouchstoneException(
                    metadata.file() + " holds no matrix " + tensor + "; it is no language model, or damaged");
        }
        return found.shape()[0];
    }
}
