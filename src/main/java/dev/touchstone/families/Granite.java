package dev.touchstone.families;

import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.Embedding;
import dev.touchstone.model.Head;
import dev.touchstone.model.Mlp;
import dev.touchstone.model.Stem;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.weights.Weights;

/**
 * Granite, the dense models ({@code GraniteConfig} and {@code modeling_granite.py} in Hugging Face transformers): Llama with factors on the
 * embedding, on what attention and MLP add to the residual stream, on scores and on logits.
 */
final class Granite {
    private static final Shape DEFAULTS = new Shape(32, 32, 0, 0, 4096, 2048, 32_000);

    private Granite() {}

    static Transformer build(Config config, Weights weights) {
        LlamaParts parts = LlamaParts.read(config, weights, DEFAULTS);
        return multiplied(config, parts.transformer(false, layer -> block(layer, parts)));
    }

    /** The model with the factors on embedding and logits. */
    static Transformer multiplied(Config config, Transformer plain) {
        Embedding wte = plain.stem().wte();
        Head head = plain.head();
        return new Transformer(
                plain.shape(),
                new Stem(null, wte, null, (float) config.number("embedding_multiplier", 1), null, null),
                plain.rotaries(),
                plain.blocks(),
                plain.lnF(),
                new Head(head.name(), head.weight(), null, (float) (1 / config.number("logits_scaling", 1)), 0));
    }

    private static Block block(int layer, LlamaParts parts) {
        boolean bias = parts.config().flag("attention_bias", false);
        boolean mlpBias = parts.config().flag("mlp_bias", false);
        Attention attention = parts.attention(layer, bias, bias, scoring(parts));
        Mlp mlp = parts.mlp(layer, 11_008, mlpBias, "hidden_act", "silu");
        return multiplied(parts.config(), parts.block(layer, attention, mlp));
    }

    /** Scores are multiplied by a factor of the configuration instead of {@code 1 / sqrt(D)}. */
    static Scoring scoring(LlamaParts parts) {
        return new Scoring((float) parts.config().number("attention_multiplier", 1));
    }

    /** The block with the factor on what it adds to the residual stream. */
    static Block multiplied(Config config, Block plain) {
        float multiplier = (float) config.number("residual_multiplier", 1);
        return new Block.Sequential(plain.name(), plain.ln1(), plain.attn(), plain.ln2(), plain.mlp(), multiplier);
    }
}
