package dev.touchstone.families;

import dev.touchstone.model.Block;
import dev.touchstone.model.LayerRotaries;
import dev.touchstone.model.Transformer;
import dev.touchstone.weights.Weights;

/**
 * OLMo 3 ({@code Olmo3Config} and {@code modeling_olmo3.py} in Hugging Face transformers): OLMo 2 with a sliding window in three of four
 * layers, which may have another rotary embedding than the fourth.
 */
final class Olmo3 {
    private static final double THETA = 500_000;
    private static final int PERIOD = 4;

    private Olmo3() {}

    static Transformer build(Config config, Weights weights) {
        LlamaParts parts = LlamaParts.read(config, weights, Olmo2.DEFAULTS).withDefaultEpsilon(Olmo2.EPSILON);
        LayerRotaries rotaries = RotarySettings.ofKinds(
                config,
                parts.shape(),
                layer -> parts.slides(layer, slides(layer)),
                config.nonNegative("rope_theta", THETA),
                THETA);
        return parts.transformer(parts.ends(false), rotaries, parts::norm, layer -> block(layer, parts));
    }

    private static boolean slides(int layer) {
        return (layer + 1) % PERIOD != 0;
    }

    private static Block block(int layer, LlamaParts parts) {
        int window = parts.window(layer, slides(layer), 4096);
        return Olmo2.block(layer, parts.scoring().withWindow(window), parts);
    }
}
