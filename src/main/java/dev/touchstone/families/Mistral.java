package dev.touchstone.families;

import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.weights.Weights;

/** Mistral ({@code MistralConfig} and {@code modeling_mistral.py} in Hugging Face transformers): Llama with a sliding window. */
final class Mistral {
    private static final Shape DEFAULTS = new Shape(32, 32, 8, 0, 4096, 4096 * 32, 32_000);

    private Mistral() {}

    static Transformer build(Config config, Weights weights) {
        LlamaParts parts = LlamaParts.read(config, weights, DEFAULTS);
        return parts.transformer(false, layer -> block(layer, parts));
    }

    private static Block block(int layer, LlamaParts parts) {
        Scoring scoring = parts.scoring().withWindow(parts.window(layer, parts.hasWindow(), 4096));
        Attention attention = parts.attention(layer, false, false, scoring);
        return parts.block(layer, attention, parts.mlp(layer, 14_336, false, "hidden_act", "silu"));
    }
}
