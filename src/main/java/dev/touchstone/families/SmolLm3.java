package dev.touchstone.families;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.LayerRotaries;
import dev.touchstone.model.Rotary;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.weights.Weights;
import java.util.List;

/**
 * SmolLM3 ({@code SmolLM3Config} and {@code modeling_smollm3.py} in Hugging Face transformers): Llama without positions in every fourth
 * layer, which may have a sliding window instead.
 */
final class SmolLm3 {
    private static final double THETA = 2_000_000;
    private static final Shape DEFAULTS = new Shape(36, 16, 4, 0, 2048, 32_768, 128_256);

    private SmolLm3() {}

    static Transformer build(Config config, Weights weights) {
        LlamaParts parts = LlamaParts.read(config, weights, DEFAULTS);
        Shape shape = parts.shape();
        Rotary rotary = RotarySettings.whole(config, shape.headSize(), shape.positions(), THETA);
        return parts.transformer(
                parts.ends(true),
                LayerRotaries.some(rotary, shape.layers(), layer -> rotates(layer, config)),
                parts::norm,
                layer -> block(layer, parts));
    }

    /** Whether a layer has rotary embeddings: 1 in {@code no_rope_layers}, in which 0 means that it has none. */
    static boolean rotates(int layer, Config config) {
        if (!config.has("no_rope_layers")) {
            return (layer + 1) % config.size("no_rope_layer_interval", 4) != 0;
        }
        List<JsonNode> given = config.list("no_rope_layers");
        if (layer >= given.size() || !given.get(layer).isInt()) {
            throw config.error("no_rope_layers", "1 or 0 for each layer");
        }
        return given.get(layer).intValue() != 0;
    }

    private static Block block(int layer, LlamaParts parts) {
        Config config = parts.config();
        boolean bias = config.flag("attention_bias", false);
        Attention attention = parts.attention(layer, bias, bias, parts.scoring().withWindow(window(layer, parts)));
        return parts.block(
                layer, attention, parts.mlp(layer, 11_008, config.flag("mlp_bias", false), "hidden_act", "silu"));
    }

    private static int window(int layer, LlamaParts parts) {
        Config config = parts.config();
        boolean enabled = config.flag("use_sliding_window", false) && config.has("sliding_window");
        if (!parts.slides(layer, enabled && !rotates(layer, config))) {
            return Scoring.UNLIMITED;
        }
        if (!config.has("sliding_window")) {
            throw config.error("sliding_window", "1 or more for the layers of the type sliding_attention");
        }
        return config.size("sliding_window", 0);
    }
}
