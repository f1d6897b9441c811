package dev.touchstone.families;

import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.weights.Weights;

/**
 * Qwen 1.5 to 2.5 ({@code Qwen2Config} and {@code modeling_qwen2.py} in Hugging Face transformers): Llama with biases in the projections
 * of queries, keys and values, and a sliding window in some layers if the configuration asks for it.
 */
final class Qwen2 {
    private static final Shape DEFAULTS = new Shape(32, 32, 32, 0, 4096, 32_768, 151_936);

    private Qwen2() {}

    static Transformer build(Config config, Weights weights) {
        LlamaParts parts = LlamaParts.read(config, weights, DEFAULTS);
        return parts.transformer(false, layer -> block(layer, parts));
    }

    private static Block block(int layer, LlamaParts parts) {
        Attention attention = parts.attention(layer, true, false, scoring(layer, parts));
        return parts.block(layer, attention, parts.mlp(layer, 22_016, false, "hidden_act", "silu"));
    }

    /** The window is for the layers that {@code layer_types} gives it, by default for those from {@code max_window_layers} on. */
    static Scoring scoring(int layer, LlamaParts parts) {
        return scoring(layer, layer >= parts.config().count("max_window_layers", 28), parts);
    }

    /**
     * The same with another default.
     *
     * @param slides whether a layer has the window if {@code layer_types} is not set and the window is used at all
     */
    static Scoring scoring(int layer, boolean slides, LlamaParts parts) {
        boolean enabled = parts.config().flag("use_sliding_window", false);
        if (!enabled && parts.slides(layer, false)) {
            throw parts.config().error("use_sliding_window", "true, because layer_types has sliding_attention");
        }
        return parts.scoring().withWindow(parts.window(layer, enabled && parts.hasWindow() && slides, 4096));
    }
}
