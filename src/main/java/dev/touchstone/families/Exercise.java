package dev.touchstone.families;

import dev.touchstone.kernels.Activation;
import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.Mlp;
import dev.touchstone.model.Mlp.NamedActivation;
import dev.touchstone.model.Stem;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.weights.Weights;

/**
 * The course exercise "a tiny causal language model", which {@code python/touchstone/exercise.py} defines in PyTorch: GPT-2's blocks with
 * one head, separate projections without biases, no projection after attention, and ReLU.
 */
final class Exercise {
    private static final Shape DEFAULTS = new Shape(3, 1, 64, 64, 32, 20);

    private Exercise() {}

    static Transformer build(Config file, Weights weights) {
        Config config = file.withNames(Gpt2.NAMES);
        GptParts parts = GptParts.read(config, weights, DEFAULTS, config.nonNegative("layer_norm_epsilon", 1e-5));
        config.refuse("n_head", parts.shape().heads() != 1, "the exercise has one head; expected 1");
        EmbeddingAndHead ends = parts.ends("wte", false);
        Stem stem = new Stem("drop", ends.embedding(), parts.positions("wpe", 0));
        return parts.transformer(ends, stem, null, "ln_f", layer -> block(layer, parts));
    }

    private static Block block(int layer, GptParts parts) {
        String name = "h." + layer;
        String attention = name + ".attn";
        return new Block.Sequential(
                name,
                parts.norm(name + ".ln_1"),
                new Attention(attention, layer, parts.separate(attention, false), parts.scoring(), null),
                parts.norm(name + ".ln_2"),
                mlp(name + ".mlp", parts));
    }

    private static Mlp mlp(String name, GptParts parts) {
        int inner = parts.config().size("n_inner", 128);
        return new Mlp.Plain(
                name,
                parts.fromStream(name + ".c_fc", inner, true),
                new NamedActivation(name + ".act", Activation.RELU),
                parts.toStream(name + ".c_proj", inner, true));
    }
}
