package dev.touchstone.families;

import dev.touchstone.model.Block;
import dev.touchstone.model.Experts;
import dev.touchstone.model.MixtureOfExperts;
import dev.touchstone.model.Router;
import dev.touchstone.model.Router.Scores;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.model.Weighting;
import dev.touchstone.model.Weighting.Normalization;
import dev.touchstone.weights.Weights;

/**
 * Granite with mixtures of experts ({@code GraniteMoeConfig} and {@code modeling_granitemoe.py} in Hugging Face transformers): Granite with
 * a mixture in each layer, whose weights are a softmax over the logits of the chosen experts.
 */
final class GraniteMoe {
    private static final Shape DEFAULTS = new Shape(32, 32, 0, 0, 4096, 2048, 32_000);

    private GraniteMoe() {}

    static Transformer build(Config config, Weights weights) {
        LlamaParts parts = LlamaParts.read(config, weights, DEFAULTS);
        return Granite.multiplied(config, parts.transformer(false, layer -> block(layer, parts)));
    }

    private static Block block(int layer, LlamaParts parts) {
        Config config = parts.config();
        boolean bias = config.flag("attention_bias", false);
        Block plain =
                parts.block(layer, parts.attention(layer, bias, bias, Granite.scoring(parts)), mixture(layer, parts));
        return Granite.multiplied(config, plain);
    }

    private static MixtureOfExperts mixture(int layer, LlamaParts parts) {
        Config config = parts.config();
        Weights weights = parts.weights();
        String name = "layers." + layer + ".block_sparse_moe";
        MixtureParts mixture = new MixtureParts(
                parts, name, name, config.size("num_local_experts", 8), config.size("intermediate_size", 11_008));
        String router = name + ".router";
        String stored = weights.has(router + ".layer.weight") ? router + ".layer" : router;
        boolean named = weights.has(name + ".experts.gate_up_proj");
        Experts experts = named
                ? mixture.experts(name + ".experts.gate_up_proj", name + ".experts.down_proj")
                : mixture.experts(name + ".input_linear.weight", name + ".output_linear.weight");
        return new MixtureOfExperts(
                name,
                new Router(
                        weights.linear(router, stored, parts.shape().channels(), mixture.experts(), false),
                        Scores.LOGITS,
                        mixture.choice(2),
                        new Weighting(Normalization.SOFTMAX, 1)),
                experts,
                null);
    }
}
