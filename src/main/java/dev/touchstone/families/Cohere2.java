package dev.touchstone.families;

import dev.touchstone.model.Attention;
import dev.touchstone.model.LayerRotaries;
import dev.touchstone.model.Rotary;
import dev.touchstone.model.Transformer;
import dev.touchstone.weights.Weights;

/**
 * Cohere's Command R7B and Command A ({@code Cohere2Config} and {@code modeling_cohere2.py} in Hugging Face transformers): Command R with
 * rotary embeddings and a sliding window in three of four layers, and without positions in the fourth.
 */
final class Cohere2 {
    private static final double THETA = 10_000;
    private static final int PERIOD = 4;

    private Cohere2() {}

    static Transformer build(Config config, Weights weights) {
        LlamaParts parts = Cohere.read(config, weights);
        Rotary rotary = Cohere.rotary(parts, THETA);
        LayerRotaries rotaries = LayerRotaries.some(
                rotary, parts.shape().layers(), layer -> parts.slides(layer, parts.slidesByPattern(layer, PERIOD)));
        return Cohere.build(parts, rotaries, layer -> attention(layer, parts));
    }

    private static Attention attention(int layer, LlamaParts parts) {
        boolean bias = parts.config().flag("attention_bias", false);
        int window = parts.window(layer, parts.slidesByPattern(layer, PERIOD), 4096);
        return parts.attention(layer, bias, bias, parts.scoring().withWindow(window));
    }
}
