package dev.touchstone.families;

import dev.touchstone.families.MixtureParts.ExpertNames;
import dev.touchstone.kernels.Activation;
import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.FeedForward;
import dev.touchstone.model.MixtureOfExperts;
import dev.touchstone.model.MixtureOfExperts.Shared;
import dev.touchstone.model.Router.Scores;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.model.Weighting;
import dev.touchstone.model.Weighting.Normalization;
import dev.touchstone.weights.Weights;

/**
 * Qwen 1.5 and 2 with mixtures of experts ({@code Qwen2MoeConfig} and {@code modeling_qwen2_moe.py} in Hugging Face transformers): Qwen2
 * with a mixture in some layers, whose shared expert has a gate.
 */
final class Qwen2Moe {
    static final ExpertNames EXPERT = new ExpertNames("gate_proj", "up_proj", "down_proj");

    private static final Shape DEFAULTS = new Shape(24, 16, 16, 0, 2048, 32_768, 151_936);

    private Qwen2Moe() {}

    static Transformer build(Config config, Weights weights) {
        LlamaParts parts = LlamaParts.read(config, weights, DEFAULTS);
        return parts.transformer(false, layer -> block(layer, parts));
    }

    private static Block block(int layer, LlamaParts parts) {
        Config config = parts.config();
        int experts = config.count("num_experts", 60);
        FeedForward feedForward = hasExperts(layer, experts, config)
                ? mixture(layer, experts, parts)
                : parts.mlp(layer, 5632, false, "hidden_act", "silu");
        Attention attention = parts.attention(layer, config.flag("qkv_bias", true), false, scoring(layer, parts));
        return parts.block(layer, attention, feedForward);
    }

    /** Whether a layer has a mixture: every {@code decoder_sparse_step}-th layer that is not one of {@code mlp_only_layers}. */
    static boolean hasExperts(int layer, int experts, Config config) {
        boolean sparse = (layer + 1) % config.size("decoder_sparse_step", 1) == 0;
        return sparse && experts > 0 && !config.integers("mlp_only_layers").contains(layer);
    }

    /** The softmax over all experts; divided by the sum of the chosen ones if the configuration asks for it. */
    static Weighting weighting(Config config) {
        return new Weighting(config.flag("norm_topk_prob", false) ? Normalization.SUM : Normalization.NONE, 1);
    }

    private static MixtureOfExperts mixture(int layer, int experts, LlamaParts parts) {
        Config config = parts.config();
        String name = "layers." + layer + ".mlp";
        MixtureParts mixture = new MixtureParts(parts, name, name, experts, config.size("moe_intermediate_size", 1408));
        Activation activation = parts.activation("hidden_act", "silu");
        int inner = config.size("shared_expert_intermediate_size", 5632);
        Shared shared = new Shared(
                parts.mlp(name + ".shared_expert", inner, false, activation),
                parts.weights()
                        .linear(name + ".shared_expert_gate", parts.shape().channels(), 1, false));
        return new MixtureOfExperts(
                name,
                mixture.router(Scores.SOFTMAX, mixture.choice(4), weighting(config)),
                mixture.experts(EXPERT),
                shared);
    }

    /** By default every second of the first {@code max_window_layers} has the window, if the configuration asks for it. */
    private static Scoring scoring(int layer, LlamaParts parts) {
        Config config = parts.config();
        boolean early = layer % 2 == 0 && layer < config.count("max_window_layers", 28);
        return Qwen2.scoring(layer, early, parts);
    }
}
