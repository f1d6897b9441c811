package dev.touchstone.checkpoint.gguf;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** The configurations of architectures with mixtures of experts. */
final class ExpertConfigs {
    /** Llama 4 Maverick has so many experts, and no norms of queries and keys. */
    private static final int EXPERTS_WITHOUT_NORMS = 128;

    private ExpertConfigs() {}

    /** {@code llama} with experts. */
    static void mixtral(GgufConfig config) {
        LlamaConfigs.sequentialLlama(config);
        experts(config, "num_local_experts");
        normalizes(config, true);
        if (config.hasWindow()) {
            config.integer("sliding_window", "attention.sliding_window");
        } else {
            config.json().putNull("sliding_window");
        }
    }

    private static void experts(GgufConfig config, String field) {
        config.integer(field, "expert_count");
        config.integer("num_experts_per_tok", "expert_used_count");
    }

    /** Whether the weights of the chosen experts are divided by their sum, which llama.cpp decides by the architecture. */
    private static void normalizes(GgufConfig config, boolean normalizes) {
        config.only("expert_weights_norm", normalizes + "");
    }

    static void qwen2moe(GgufConfig config) {
        qwen(config, "num_experts", false);
        config.json().put("qkv_bias", config.attentionBias());
        config.integer("shared_expert_intermediate_size", "expert_shared_feed_forward_length");
    }

    static void qwen3moe(GgufConfig config) {
        qwen(config, "num_local_experts", true);
        config.json().put("attention_bias", config.attentionBias());
    }

    private static void qwen(GgufConfig config, String experts, boolean normalizes) {
        LlamaConfigs.qwen2(config);
        experts(config, experts);
        normalizes(config, normalizes);
        config.integer("moe_intermediate_size", "expert_feed_forward_length");
        config.json().put("norm_topk_prob", normalizes);
        config.json().put("decoder_sparse_step", 1);
        config.json().putArray("mlp_only_layers");
    }

    /** llama.cpp has these constants instead of fields of the file. */
    static void llama4(GgufConfig config) {
        LlamaConfigs.sequentialLlama(config);
        ObjectNode json = config.json();
        json.set("intermediate_size_mlp", json.get("intermediate_size"));
        config.integer("intermediate_size", "expert_feed_forward_length");
        config.integer("interleave_moe_layer_step", "interleave_moe_layer_step");
        experts(config, "num_local_experts");
        normalizes(config, false);
        config.only("expert_gating_func", LatentConfigs.SIGMOID + "");
        json.put("attention_bias", config.attentionBias());
        json.put("use_qk_norm", config.metadata().integer("expert_count") != EXPERTS_WITHOUT_NORMS);
        config.only("attention.sliding_window", "8192");
        json.put("attention_chunk_size", 8192);
        config.only("attention.sliding_window_pattern", "4");
        json.put("no_rope_layer_interval", 4);
        json.put("attn_temperature_tuning", true);
        json.put("floor_scale", 8192);
        json.put("attn_scale", 0.1);
    }

    static void graniteMoe(GgufConfig config) {
        config.withoutWindow();
        LlamaConfigs.sequentialLlama(config);
        LlamaConfigs.graniteMultipliers(config);
        experts(config, "num_local_experts");
        normalizes(config, true);
        config.json().put("attention_bias", config.attentionBias());
    }

    /** The limit of the activation is not in the file; llama.cpp has Hugging Face's default. */
    static void gptOss(GgufConfig config) {
        LlamaConfigs.sequentialLlama(config);
        experts(config, "num_local_experts");
        config.integer("intermediate_size", "expert_feed_forward_length");
        config.windowOfSomeLayers(2);
        config.json().put("attention_bias", config.attentionBias());
        config.json().put("swiglu_limit", 7.0);
        ObjectNode rope = (ObjectNode) config.json().get("rope_parameters");
        if (rope.path("rope_type").asText().equals("yarn")) {
            rope.put("truncate", false);
        }
    }
}
