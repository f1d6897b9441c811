package dev.touchstone.families;

import dev.touchstone.kernels.RotaryLayout;
import dev.touchstone.model.Block;
import dev.touchstone.model.ExpertChoice;
import dev.touchstone.model.ExpertGroups;
import dev.touchstone.model.FeedForward;
import dev.touchstone.model.Router.Scores;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.model.Weighting;
import dev.touchstone.model.Weighting.Normalization;
import dev.touchstone.weights.Weights;
import java.util.Map;

/**
 * DeepSeek-V3 and R1 ({@code DeepseekV3Config} and {@code modeling_deepseek_v3.py} in Hugging Face transformers): latent attention, and
 * mixtures of experts that are chosen by sigmoids with a correction bias. Layers that predict further tokens are ignored, as there.
 */
final class DeepseekV3 {
    private static final Shape DEFAULTS = new Shape(61, 128, 128, 0, 7168, 4096, 129_280);
    private static final ExpertGroups GROUPS = new ExpertGroups(8, 4, 2, Float.NEGATIVE_INFINITY);

    private DeepseekV3() {}

    static Transformer build(Config file, Weights weights) {
        Config config = file.withNames(Map.of("num_local_experts", "n_routed_experts"));
        LatentParts parts = LatentParts.read(config, weights, DEFAULTS);
        int rotated = parts.heads().rotated();
        if (config.size("head_dim", rotated) != rotated) {
            throw config.error("head_dim", "the value of qk_rope_head_dim, which is " + rotated);
        }
        boolean interleaved = config.flagOrOff("rope_interleave", true);
        return parts.transformer(
                interleaved ? RotaryLayout.INTERLEAVED_TO_HALVES : RotaryLayout.HALF_SPLIT,
                layer -> block(layer, parts));
    }

    private static Block block(int layer, LatentParts parts) {
        FeedForward feedForward = parts.hasExperts(layer, 3)
                ? mixture(layer, parts)
                : parts.parts().mlp(layer, 18_432, false, "hidden_act", "silu");
        return parts.block(layer, feedForward);
    }

    private static FeedForward mixture(int layer, LatentParts parts) {
        Config config = parts.parts().config();
        MixtureParts mixture = parts.mixture(layer, 256, 2048);
        float[] bias =
                parts.parts().weights().vector(mixture.stored() + ".gate.e_score_correction_bias", mixture.experts());
        ExpertChoice choice =
                new ExpertChoice(mixture.choice(8).count(), bias, parts.groups(mixture.experts(), GROUPS));
        boolean normalized = config.flagOrOff("norm_topk_prob", true);
        Weighting weighting = new Weighting(
                normalized ? Normalization.SUM : Normalization.NONE, config.number("routed_scaling_factor", 2.5));
        return parts.mixture(mixture, mixture.router(Scores.SIGMOID, choice, weighting), 1, false);
    }
}
