package dev.touchstone.checkpoint.gguf;

import java.util.Map;

/** The names of layers in architectures with mixtures of experts. */
final class ExpertNames {
    static final GgufNames MIXTRAL = GgufNames.LLAMA
            .withInside(Map.of("ffn_gate_inp", "block_sparse_moe.gate"))
            .withStacked(Map.of(
                    "ffn_gate_exps", "block_sparse_moe.experts.%d.w1",
                    "ffn_up_exps", "block_sparse_moe.experts.%d.w3",
                    "ffn_down_exps", "block_sparse_moe.experts.%d.w2"));

    static final GgufNames QWEN3MOE = GgufNames.LLAMA
            .withInside(Map.of("ffn_gate_inp", "mlp.gate"))
            .withStacked(Map.of(
                    "ffn_gate_exps", "mlp.experts.%d.gate_proj",
                    "ffn_up_exps", "mlp.experts.%d.up_proj",
                    "ffn_down_exps", "mlp.experts.%d.down_proj"));

    static final GgufNames QWEN2MOE = QWEN3MOE.withInside(Map.of(
            "ffn_gate_inp_shexp", "mlp.shared_expert_gate",
            "ffn_gate_shexp", "mlp.shared_expert.gate_proj",
            "ffn_up_shexp", "mlp.shared_expert.up_proj",
            "ffn_down_shexp", "mlp.shared_expert.down_proj"));

    /** Older files have {@code attn_kv_b} instead of the tensors of {@link LatentWeight}. */
    static final GgufNames DEEPSEEK = QWEN3MOE.withInside(Map.of(
            "attn_q_a", "self_attn.q_a_proj",
            "attn_q_a_norm", "self_attn.q_a_layernorm",
            "attn_q_b", "self_attn.q_b_proj",
            "attn_kv_a_mqa", "self_attn.kv_a_proj_with_mqa",
            "attn_kv_a_norm", "self_attn.kv_a_layernorm",
            "attn_kv_b", "self_attn.kv_b_proj",
            "ffn_gate_shexp", "mlp.shared_experts.gate_proj",
            "ffn_up_shexp", "mlp.shared_experts.up_proj",
            "ffn_down_shexp", "mlp.shared_experts.down_proj"));

    static final GgufNames DEEPSEEK_V3 =
            DEEPSEEK.withInside(Map.of("exp_probs_b.bias", "mlp.gate.e_score_correction_bias"));

    /** The projections of the experts are in {@link JoinedExperts}. */
    static final GgufNames LLAMA4 = GgufNames.LLAMA.withInside(Map.of(
            "ffn_gate", "feed_forward.gate_proj",
            "ffn_up", "feed_forward.up_proj",
            "ffn_down", "feed_forward.down_proj",
            "ffn_gate_inp", "feed_forward.router",
            "ffn_gate_shexp", "feed_forward.shared_expert.gate_proj",
            "ffn_up_shexp", "feed_forward.shared_expert.up_proj",
            "ffn_down_shexp", "feed_forward.shared_expert.down_proj"));

    /** The gate and up projections are joined in {@link JoinedExperts}, unless the file has them in one tensor. */
    static final GgufNames GRANITE_MOE = GgufNames.LLAMA.withInside(Map.of(
            "ffn_gate_inp", "block_sparse_moe.router.layer",
            "ffn_gate_up_exps", "block_sparse_moe.input_linear",
            "ffn_down_exps", "block_sparse_moe.output_linear"));

    /** All projections of the experts are in {@link JoinedExperts}. */
    static final GgufNames GPT_OSS = GgufNames.LLAMA.withInside(Map.of(
            "attn_sinks.weight", "self_attn.sinks",
            "post_attention_norm", "post_attention_layernorm",
            "ffn_gate_inp", "mlp.router"));

    private ExpertNames() {}
}
