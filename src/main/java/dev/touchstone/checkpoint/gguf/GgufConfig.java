package dev.touchstone.checkpoint.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.util.TouchstoneException;
import java.util.Map;

/**
 * Writes the {@code config.json} that Hugging Face's class of the same architecture has for a GGUF model. A field that the metadata lacks
 * is an error, unless the specification of the format or llama.cpp gives its default.
 */
final class GgufConfig {
    /** Metadata that changes the result, and that is not supported with any other value. */
    private static final Map<String, String> REQUIRED_VALUES = Map.of(
            "attention.causal", "true",
            "attention.clamp_kqv", "0.0",
            "expert_count", "0",
            "attention.scale", "0.0",
            "logit_scale", "0.0",
            "embedding_scale", "0.0",
            "residual_scale", "0.0");

    /** The model type of Gemma 2 with 27 billion parameters has this many layers. */
    private static final int LAYERS_OF_GEMMA_27B = 46;

    /** GPT-NeoX with 20 billion parameters has this many layers. */
    private static final int LAYERS_OF_NEOX_20B = 44;

    private final ArchitectureMetadata metadata;
    private final GgufArchitecture architecture;
    private final Map<String, GgufTensor> tensors;
    private final ObjectNode config = JsonNodeFactory.instance.objectNode();

    private GgufConfig(Gguf gguf, GgufArchitecture architecture) {
        this.metadata = new ArchitectureMetadata(gguf.place(), architecture.id(), gguf.metadata());
        this.architecture = architecture;
        this.tensors = gguf.tensors();
    }

    static ObjectNode of(Gguf gguf, GgufArchitecture architecture) {
        return new GgufConfig(gguf, architecture).build();
    }

    private ObjectNode build() {
        REQUIRED_VALUES.forEach(metadata::refuseOther);
        metadata.refuseOther("attention.max_alibi_bias", architecture == GgufArchitecture.BLOOM ? "8.0" : "0.0");
        config.putArray("architectures").add(architecture.modelClass());
        config.put("model_type", architecture.modelType());
        config.put("vocab_size", rows("token_embd.weight"));
        config.put("tie_word_embeddings", !tensors.containsKey("output.weight"));
        tokenId("bos_token_id", "bos_token_id");
        tokenId("eos_token_id", "eos_token_id");
        tokenId("pad_token_id", "padding_token_id");
        switch (architecture) {
            case LLAMA -> llama();
            case QWEN2 -> qwen(false);
            case QWEN3 -> qwen(true);
            case GEMMA2 -> gemma2();
            case GPT2 -> gpt2();
            case GPTJ -> gptj();
            case GPTNEOX -> gptNeoX();
            case BLOOM -> bloom();
            case PHI2 -> phi2();
        }
        return config;
    }

    /** With a window, {@code llama} is Mistral. */
    private void llama() {
        likeLlama();
        config.put("hidden_act", "silu");
        if (metadata.has("attention.sliding_window")
                && metadata.required("attention.sliding_window").intValue() != 0) {
            refuseBiases();
            config.put("model_type", "mistral");
            config.putArray("architectures").add("MistralForCausalLM");
            config.put("sliding_window", metadata.integer("attention.sliding_window"));
            return;
        }
        config.put("attention_bias", tensors.containsKey("blk.0.attn_q.bias") || fusedBias());
        config.put("mlp_bias", tensors.containsKey("blk.0.ffn_up.bias"));
    }

    private void refuseBiases() {
        metadata.refuse(
                tensors.containsKey("blk.0.attn_q.bias") || tensors.containsKey("blk.0.ffn_up.bias") || fusedBias(),
                "attention.sliding_window",
                "set, in a model with biases",
                "0");
    }

    private void qwen(boolean mayHaveBias) {
        metadata.refuseOther("attention.sliding_window", "0");
        likeLlama();
        if (mayHaveBias) {
            config.put("attention_bias", tensors.containsKey("blk.0.attn_q.bias") || fusedBias());
        }
        config.put("hidden_act", "silu");
        config.put("use_sliding_window", false);
    }

    private void gemma2() {
        likeLlama();
        config.put("attention_bias", false);
        config.put("hidden_activation", "gelu_pytorch_tanh");
        config.set("attn_logit_softcapping", metadata.required("attn_logit_softcapping"));
        config.set("final_logit_softcapping", metadata.required("final_logit_softcapping"));
        config.put("sliding_window", metadata.integer("attention.sliding_window"));
        // The file does not contain it; llama.cpp decides by the number of layers too.
        boolean large = metadata.integer("block_count") == LAYERS_OF_GEMMA_27B;
        int heads = metadata.integer("attention.head_count");
        config.put(
                "query_pre_attn_scalar",
                large
                        ? metadata.integer("embedding_length") / heads
                        : config.get("head_dim").intValue());
    }

    /** The fields that Llama and the architectures after it share. */
    private void likeLlama() {
        metadata.refuseOther("use_parallel_residual", "false");
        int headSize = sizes("hidden_size", "num_attention_heads", "num_hidden_layers", "max_position_embeddings");
        config.put("head_dim", headSize);
        config.put("intermediate_size", metadata.integer("feed_forward_length"));
        config.put("num_key_value_heads", keyValueHeads());
        config.set("rms_norm_eps", metadata.required("attention.layer_norm_rms_epsilon"));
        metadata.requireEqual("rope.dimension_count", headSize, "the size of a head");
        config.set(
                "rope_parameters",
                new RotaryMetadata(metadata, tensors).parameters(metadata.required("rope.freq_base")));
    }

    private void gpt2() {
        metadata.refuseOther("use_parallel_residual", "false");
        withoutWindow();
        sizes("n_embd", "n_head", "n_layer", "n_positions");
        config.put("n_inner", metadata.integer("feed_forward_length"));
        config.set("layer_norm_epsilon", metadata.required("attention.layer_norm_epsilon"));
        config.put("activation_function", "gelu_new");
    }

    private void gptj() {
        metadata.refuseOther("use_parallel_residual", "true");
        metadata.refuseOther("rope.freq_base", "10000.0");
        metadata.refuseOther("rope.scaling.type", "none");
        metadata.refuseOther("rope.scale_linear", "1.0");
        withoutWindow();
        sizes("n_embd", "n_head", "n_layer", "n_positions");
        config.put("n_inner", metadata.integer("feed_forward_length"));
        config.put("rotary_dim", metadata.integer("rope.dimension_count"));
        config.set("layer_norm_epsilon", metadata.required("attention.layer_norm_epsilon"));
        config.put("activation_function", "gelu_new");
    }

    private void gptNeoX() {
        withoutWindow();
        int headSize = sizes("hidden_size", "num_attention_heads", "num_hidden_layers", "max_position_embeddings");
        config.put("intermediate_size", metadata.integer("feed_forward_length"));
        config.set("layer_norm_eps", metadata.required("attention.layer_norm_epsilon"));
        config.set("use_parallel_residual", metadata.required("use_parallel_residual"));
        config.put("attention_bias", fusedBias());
        // The file does not contain it.
        boolean large = metadata.integer("block_count") == LAYERS_OF_NEOX_20B;
        config.put("hidden_act", large ? "gelu_fast" : "gelu");
        config.set("rope_parameters", new RotaryMetadata(metadata, tensors).parametersOfPart(headSize));
    }

    private void bloom() {
        metadata.refuseOther("use_parallel_residual", "false");
        withoutWindow();
        sizes("hidden_size", "n_head", "n_layer", "seq_length");
        metadata.requireEqual(
                "feed_forward_length", 4 * metadata.integer("embedding_length"), "4 times the embedding_length");
        config.set("layer_norm_epsilon", metadata.required("attention.layer_norm_epsilon"));
    }

    private void phi2() {
        metadata.refuseOther("use_parallel_residual", "true");
        withoutWindow();
        int headSize = sizes("hidden_size", "num_attention_heads", "num_hidden_layers", "max_position_embeddings");
        config.put("num_key_value_heads", keyValueHeads());
        config.put("intermediate_size", metadata.integer("feed_forward_length"));
        config.set("layer_norm_eps", metadata.required("attention.layer_norm_epsilon"));
        config.put("hidden_act", "gelu_new");
        config.set("rope_parameters", new RotaryMetadata(metadata, tensors).parametersOfPart(headSize));
    }

    private void withoutWindow() {
        metadata.refuseOther("attention.sliding_window", "0");
    }

    /** Writes the sizes that all architectures have, under these names; returns the size of a head. */
    private int sizes(String channels, String heads, String layers, String positions) {
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

    private int keyValueHeads() {
        return metadata.has("attention.head_count_kv")
                ? metadata.integer("attention.head_count_kv")
                : metadata.integer("attention.head_count");
    }

    private boolean fusedBias() {
        return tensors.containsKey("blk.0.attn_qkv.bias");
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
