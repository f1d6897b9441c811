package dev.touchstone.checkpoint.gguf;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** The configurations of architectures with latent attention: DeepSeek-V2 and V3, which share {@code deepseek2}. */
final class LatentConfigs {
    /** {@code expert_gating_func} of experts that are scored by sigmoids. */
    static final int SIGMOID = 2;

    private LatentConfigs() {}

    /** Hugging Face's class chooses groups by their best expert, and never divides the weights of the experts by their sum. */
    static void deepseekV2(GgufConfig config) {
        latent(config);
        config.only("expert_gating_func", "1");
        config.only("expert_weights_norm", "false");
        boolean grouped = config.json().get("n_group").intValue() > 1;
        config.json().put("topk_method", grouped ? "group_limited_greedy" : "greedy");
        config.json().put("mlp_bias", false);
    }

    static void deepseekV3(GgufConfig config) {
        latent(config);
        config.reads("expert_gating_func");
        config.json().put("norm_topk_prob", config.metadata().flag("expert_weights_norm", false));
        config.json().put("rope_interleave", true);
    }

    private static void latent(GgufConfig config) {
        config.metadata().refuseOther("use_parallel_residual", "false");
        config.withoutWindow();
        config.rmsNorm();
        config.integer("hidden_size", "embedding_length");
        config.integer("num_hidden_layers", "block_count");
        config.integer("max_position_embeddings", "context_length");
        config.integer("intermediate_size", "feed_forward_length");
        config.json().put("hidden_act", "silu");
        heads(config);
        experts(config);
    }

    /**
     * The sizes of heads. llama.cpp has one key-value head, which is the latent with the rotated channels, and gives the sizes of the heads
     * that are made of it as {@code key_length_mla} and {@code value_length_mla}. Older files have the latter only, under the usual names.
     */
    private static void heads(GgufConfig config) {
        ArchitectureMetadata metadata = config.metadata();
        ObjectNode json = config.json();
        int heads = metadata.integer("attention.head_count");
        int latent = metadata.integer("attention.kv_lora_rank");
        int rotated = metadata.integer("rope.dimension_count");
        boolean old = !metadata.has("attention.key_length_mla") && !metadata.has("attention.value_length_mla");
        String suffix = old ? "" : "_mla";
        if (old) {
            metadata.requireEqual("attention.head_count_kv", heads, "the number of heads");
        } else {
            metadata.requireEqual("attention.head_count_kv", 1, "the latent");
            metadata.requireEqual("attention.key_length", latent + rotated, "kv_lora_rank and rope.dimension_count");
            metadata.requireEqual("attention.value_length", latent, "kv_lora_rank");
        }
        int key = metadata.integer("attention.key_length" + suffix);
        metadata.refuse(
                key <= rotated,
                "attention.key_length" + suffix,
                key + "",
                "more than rope.dimension_count, which is " + rotated);
        json.put("num_attention_heads", heads);
        json.put("num_key_value_heads", heads);
        json.put("kv_lora_rank", latent);
        json.put("qk_rope_head_dim", rotated);
        json.put("qk_nope_head_dim", key - rotated);
        json.put("v_head_dim", metadata.integer("attention.value_length" + suffix));
        json.put("attention_bias", false);
        if (metadata.has("attention.q_lora_rank")) {
            config.integer("q_lora_rank", "attention.q_lora_rank");
        } else {
            json.putNull("q_lora_rank");
        }
        json.set("rope_parameters", config.rotary().parametersOfLatent());
    }

    private static void experts(GgufConfig config) {
        ArchitectureMetadata metadata = config.metadata();
        config.integer("n_routed_experts", "expert_count");
        config.integer("num_experts_per_tok", "expert_used_count");
        config.integer("moe_intermediate_size", "expert_feed_forward_length");
        config.integer("n_shared_experts", "expert_shared_count");
        config.integer("n_group", "expert_group_count");
        config.integer("topk_group", "expert_group_used_count");
        config.number("first_k_dense_replace", "leading_dense_block_count");
        config.json().put("routed_scaling_factor", 1.0);
        config.numberUnlessZero(config.json(), "routed_scaling_factor", "expert_weights_scale");
    }
}
