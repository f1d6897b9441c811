package dev.touchstone.families;

import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Block;
import dev.touchstone.model.FeedForward;
import dev.touchstone.model.MixtureOfExperts;
import dev.touchstone.model.Router.Scores;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.weights.Weights;
import java.util.Map;

/**
 * Qwen3 with mixtures of experts ({@code Qwen3MoeConfig} and {@code modeling_qwen3_moe.py} in Hugging Face transformers): Qwen3 with a
 * mixture in some layers.
 */
final class Qwen3Moe {
    private static final Shape DEFAULTS = new Shape(24, 32, 4, 0, 2048, 32_768, 151_936);

    private Qwen3Moe() {}

    static Transformer build(Config file, Weights weights) {
        Config config = file.withNames(Map.of("num_experts", "num_local_experts"));
        LlamaParts parts = LlamaParts.read(config, weights, DEFAULTS);
        return parts.transformer(false, layer -> block(layer, parts));
    }

    private static Block block(int layer, LlamaParts parts) {
        Config config = parts.config();
        int experts = config.count(config.field("num_local_experts"), 128);
        FeedForward feedForward = Qwen2Moe.hasExperts(layer, experts, config)
                ? mixture(layer, experts, parts)
                : parts.mlp(layer, 6144, false, "hidden_act", "silu");
        boolean slides = config.flag("use_sliding_window", false) && parts.hasWindow();
        Scoring scoring = slides ? parts.scoring().withWindow(config.size("sliding_window", 4096)) : parts.scoring();
        return parts.block(layer, Qwen3.attention(layer, scoring, parts), feedForward);
    }

    private static MixtureOfExperts mixture(int layer, int experts, LlamaParts parts) {
        String name = "layers." + layer + ".mlp";
        int inner = parts.config().size("moe_intermediate_size", 768);
        MixtureParts mixture = new MixtureParts(parts, name, name, experts, inner);
        return new MixtureOfExperts(
                name,
                mixture.router(Scores.SOFTMAX, mixture.choice(8), Qwen2Moe.weighting(parts.config())),
                mixture.experts(Qwen2Moe.EXPERT),
                null);
    }
}
