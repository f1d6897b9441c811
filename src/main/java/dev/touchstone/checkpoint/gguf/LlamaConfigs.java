package dev.touchstone.checkpoint.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The configurations of Llama and the architectures after it. */
final class LlamaConfigs {
    private static final String WINDOW = "attention.sliding_window";

    private LlamaConfigs() {}

    /** With a window, {@code llama} is Mistral. */
    static void llama(GgufConfig config) {
        sequentialLlama(config);
        if (config.hasWindow()) {
            config.metadata()
                    .refuse(
                            config.attentionBias() || config.has("blk.0.ffn_up.bias"),
                            WINDOW,
                            "set, in a model with biases",
                            "0");
            config.modelClass("mistral", "MistralForCausalLM");
            config.integer("sliding_window", WINDOW);
            return;
        }
        biases(config);
    }

    /** {@code mistral3} without a temperature: Mistral Small 3. */
    static void mistral3(GgufConfig config) {
        config.withoutWindow();
        sequentialLlama(config);
        config.json().putNull("sliding_window");
    }

    /** Queries grow with each multiple of the context of the training. */
    static void ministral3(GgufConfig config) {
        ArchitectureMetadata metadata = config.metadata();
        metadata.refuseOther("use_parallel_residual", "false");
        config.withoutWindow();
        config.rmsNorm();
        config.json().put("hidden_act", "silu");
        config.json().putNull("sliding_window");
        ObjectNode rope = config.rotary().parametersOfMinistral();
        config.wholeRotary(config.groupedHeads(), rope);
        rope.set("llama_4_scaling_beta", metadata.required("attention.temperature_scale"));
        config.reads("attention.temperature_scale");
        metadata.requireEqual(
                "attention.temperature_length",
                metadata.integer("rope.scaling.original_context_length"),
                "rope.scaling.original_context_length");
        config.reads("attention.temperature_length");
    }

    private static void biases(GgufConfig config) {
        config.json().put("attention_bias", config.attentionBias());
        config.json().put("mlp_bias", config.has("blk.0.ffn_up.bias"));
    }

    /** Norm, attention, norm, MLP; the sizes, and SiLU. Returns the size of a head. */
    static int sequentialLlama(GgufConfig config) {
        config.metadata().refuseOther("use_parallel_residual", "false");
        config.rmsNorm();
        config.json().put("hidden_act", "silu");
        return config.likeLlama();
    }

    static void qwen2(GgufConfig config) {
        config.withoutWindow();
        sequentialLlama(config);
        config.json().put("use_sliding_window", false);
    }

    static void qwen3(GgufConfig config) {
        qwen2(config);
        config.json().put("attention_bias", config.attentionBias());
    }

    /** Without a window, it is Phi-4. */
    static void phi3(GgufConfig config) {
        ArchitectureMetadata metadata = config.metadata();
        metadata.refuseOther("use_parallel_residual", "false");
        config.rmsNorm();
        config.json().put("hidden_act", "silu");
        int headSize = config.groupedHeads();
        int window = metadata.required(WINDOW).asInt();
        if (window == 0) {
            config.json().putNull("sliding_window");
        } else {
            config.integer("sliding_window", WINDOW);
        }
        config.integer("original_max_position_embeddings", "rope.scaling.original_context_length");
        config.json().set("rope_parameters", config.rotary().longRope(headSize));
    }

    static void granite(GgufConfig config) {
        config.withoutWindow();
        sequentialLlama(config);
        graniteMultipliers(config);
        biases(config);
    }

    static void graniteMultipliers(GgufConfig config) {
        config.only("rope.scaling.finetuned", "true"); // without it, llama.cpp has no positions here
        config.number("attention_multiplier", "attention.scale");
        config.number("logits_scaling", "logit_scale");
        config.numberIfPresent("embedding_multiplier", "embedding_scale");
        config.numberIfPresent("residual_multiplier", "residual_scale");
    }

    /** The interval of layers without positions is not in the file; llama.cpp has the same one for all models. */
    static void smolLm3(GgufConfig config) {
        config.withoutWindow();
        sequentialLlama(config);
        config.json().put("no_rope_layer_interval", 4);
        config.json().put("use_sliding_window", false);
        biases(config);
    }

    /** The epsilon of its norms, which have no weights, is always the same. */
    static void olmo(GgufConfig config) {
        ArchitectureMetadata metadata = config.metadata();
        metadata.refuseOther("use_parallel_residual", "false");
        config.withoutWindow();
        config.likeLlama();
        float epsilon = metadata.required("attention.layer_norm_epsilon").floatValue();
        metadata.refuse(epsilon != 1e-5f, "attention.layer_norm_epsilon", epsilon + "", "1.0E-5");
        config.numberUnlessZero(config.json(), "clip_qkv", "attention.clamp_kqv");
        config.json().put("hidden_act", "silu");
        config.json().put("attention_bias", config.attentionBias());
    }

    static void olmo2(GgufConfig config) {
        sequentialLlama(config);
        config.json().put("attention_bias", config.attentionBias());
    }

    /** The rotary embeddings are scaled in the layers with full attention only. */
    static void olmo3(GgufConfig config) {
        olmo2(config);
        config.windowOfSomeLayers(4);
        config.json().set("rope_parameters", ofKinds(config, config.rotary().base()));
    }

    /**
     * The rotary embeddings of two kinds of layers: those with full attention have that of the metadata.
     *
     * @param slidingBase of the layers with a window, if {@code rope.freq_base_swa} is missing
     */
    static ObjectNode ofKinds(GgufConfig config, JsonNode slidingBase) {
        ObjectNode kinds = JsonNodeFactory.instance.objectNode();
        kinds.set("full_attention", config.rotary().parameters());
        ObjectNode sliding = kinds.putObject("sliding_attention").put("rope_type", "default");
        boolean given = config.metadata().has("rope.freq_base_swa");
        sliding.set("rope_theta", given ? config.metadata().required("rope.freq_base_swa") : slidingBase);
        config.reads("rope.freq_base_swa");
        return kinds;
    }

    /** Attention and MLP are parallel, and the head is the embedding. */
    static void commandR(GgufConfig config) {
        config.withoutWindow();
        cohere(config);
        config.json().put("use_qk_norm", config.has("blk.0.attn_q_norm.weight"));
    }

    private static void cohere(GgufConfig config) {
        config.likeLlama();
        config.number("layer_norm_eps", "attention.layer_norm_epsilon");
        config.number("logit_scale", "logit_scale");
        config.json().put("hidden_act", "silu");
        config.json().put("attention_bias", config.attentionBias());
    }

    /** The layers without a window have no rotary embeddings. */
    static void cohere2(GgufConfig config) {
        cohere(config);
        config.windowOfSomeLayers(4);
    }

    /** llama.cpp's converter does not write the window. */
    static void starCoder2(GgufConfig config) {
        config.metadata().refuseOther("use_parallel_residual", "false");
        config.likeLlama();
        config.number("norm_epsilon", "attention.layer_norm_epsilon");
        config.json().put("hidden_act", "gelu_pytorch_tanh");
        config.json().put("use_bias", config.attentionBias());
        if (config.hasWindow()) {
            config.integer("sliding_window", WINDOW);
        } else {
            config.json().putNull("sliding_window");
        }
    }

    /** llama.cpp ignores {@code use_parallel_residual}: attention and MLP are parallel if there is no second norm. */
    static void stableLm(GgufConfig config) {
        config.withoutWindow();
        int headSize = config.groupedHeads();
        config.number("layer_norm_eps", "attention.layer_norm_epsilon");
        config.json().put("hidden_act", "silu");
        config.json().put("use_parallel_residual", !config.has("blk.0.ffn_norm.weight"));
        config.json().put("use_qkv_bias", config.attentionBias());
        config.json().put("qk_layernorm", config.has("blk.0.attn_q_norm.weight"));
        config.json().set("rope_parameters", config.rotary().parametersOfPart(headSize));
    }
}
