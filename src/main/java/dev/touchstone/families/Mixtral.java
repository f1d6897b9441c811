package dev.touchstone.families;

import dev.touchstone.families.MixtureParts.ExpertNames;
import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Block;
import dev.touchstone.model.MixtureOfExperts;
import dev.touchstone.model.Rotary;
import dev.touchstone.model.Router.Scores;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.model.Weighting;
import dev.touchstone.model.Weighting.Normalization;
import dev.touchstone.weights.Weights;
import java.util.Map;

/**
 * Mixtral ({@code MixtralConfig} and {@code modeling_mixtral.py} in Hugging Face transformers): Mistral with a mixture of experts, whose
 * weights are the softmax over all experts, divided by the sum of the chosen ones.
 */
final class Mixtral {
    private static final Shape DEFAULTS = new Shape(32, 32, 8, 0, 4096, 4096 * 32, 32_000);
    private static final ExpertNames EXPERT = new ExpertNames("w1", "w3", "w2");

    private Mixtral() {}

    static Transformer build(Config file, Weights weights) {
        Config config = file.withNames(Map.of("num_experts", "num_local_experts"));
        LlamaParts parts = LlamaParts.read(config, weights, DEFAULTS).withDefaultEpsilon(1e-5);
        parts.checkLayerTypes();
        Rotary rotary = RotarySettings.whole(
                config, parts.shape().headSize(), parts.shape().positions(), 1_000_000);
        return parts.transformer(parts.ends(false), rotary, layer -> block(layer, parts));
    }

    private static Block block(int layer, LlamaParts parts) {
        Config config = parts.config();
        int window = config.has("sliding_window") ? config.size("sliding_window", 1) : Scoring.UNLIMITED;
        return parts.block(
                layer, parts.attention(layer, false, false, parts.scoring().withWindow(window)), experts(layer, parts));
    }

    private static MixtureOfExperts experts(int layer, LlamaParts parts) {
        String name = "layers." + layer + ".mlp";
        String older = "layers." + layer + ".block_sparse_moe";
        MixtureParts mixture = new MixtureParts(
                parts,
                name,
                parts.weights().has(older + ".gate.weight") ? older : name,
                parts.config().size("num_local_experts", 8),
                parts.config().size("intermediate_size", 14_336));
        Weighting weighting = new Weighting(Normalization.SUM, 1);
        return new MixtureOfExperts(
                name, mixture.router(Scores.SOFTMAX, mixture.choice(2), weighting), mixture.experts(EXPERT), null);
    }
}
