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
 * DeepSeek-V2 ({@code DeepseekV2Config} and {@code modeling_deepseek_v2.py} in Hugging Face transformers): latent attention, and mixtures
 * of experts with shared experts and groups. As there, {@code norm_topk_prob} has no effect.
 */
final class DeepseekV2 {
    private static final Shape DEFAULTS = new Shape(32, 32, 0, 0, 4096, 2048, 102_400);

    private DeepseekV2() {}

    static Transformer build(Config file, Weights weights) {
        Config config = file.withNames(Map.of("num_experts", "n_routed_experts"));
        LatentParts parts = LatentParts.read(config, weights, DEFAULTS);
        int channels = parts.parts().shape().channels();
        int heads = parts.parts().shape().heads();
        if (channels % heads != 0) {
            throw config.error("hidden_size", channels, "a multiple of num_attention_heads, which is " + heads);
        }
        return parts.transformer(RotaryLayout.INTERLEAVED, layer -> block(layer, parts));
    }

    private static Block block(int layer, LatentParts parts) {
        boolean bias = parts.parts().config().flag("mlp_bias", false);
        FeedForward feedForward = parts.hasExperts(layer, 0)
                ? mixture(layer, bias, parts)
                : parts.parts().mlp(layer, 11_008, bias, "hidden_act", "silu");
        return parts.block(layer, feedForward);
    }

    private static FeedForward mixture(int layer, boolean bias, LatentParts parts) {
        Config config = parts.parts().config();
        MixtureParts mixture = parts.mixture(layer, 64, 1407);
        Weighting weighting = new Weighting(Normalization.NONE, config.number("routed_scaling_factor", 1));
        return parts.mixture(mixture, mixture.router(Scores.SOFTMAX, choice(mixture, parts), weighting), 2, bias);
    }

    /** {@code greedy}: of all experts; {@code group_limited_greedy}: of those in the groups with the best experts. */
    private static ExpertChoice choice(MixtureParts mixture, LatentParts parts) {
        Config config = parts.parts().config();
        int count = config.size("num_experts_per_tok", 0);
        boolean grouped = config.choice("topk_method", "greedy", Map.of("greedy", false, "group_limited_greedy", true));
        ExpertGroups groups = grouped ? parts.groups(mixture.experts(), new ExpertGroups(0, 0, 1, 0)) : null;
        int available = grouped ? mixture.experts() / groups.count() * groups.chosen() : mixture.experts();
        if (count > available) {
            throw config.error(
                    "num_experts_per_tok",
                    count,
                    "at most the number of experts to choose from, which is " + available);
        }
        return new ExpertChoice(count, null, groups);
    }
}
