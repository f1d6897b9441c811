package dev.touchstone.families;

import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.weights.Weights;

/** Llama 1 to 3 ({@code LlamaConfig} and {@code modeling_llama.py} in Hugging Face transformers). */
final class Llama {
    private static final Shape DEFAULTS = new Shape(32, 32, 0, 0, 4096, 2048, 32_000);

    private Llama() {}

    static Transformer build(Config config, Weights weights) {
        LlamaParts parts = LlamaParts.read(config, weights, DEFAULTS);
        return parts.transformer(false, layer -> block(layer, parts));
    }

    private static Block block(int layer, LlamaParts parts) {
        boolean bias = parts.config().flag("attention_bias", false);
        boolean mlpBias = parts.config().flag("mlp_bias", false);
        Attention attention = parts.attention(layer, bias, bias, parts.scoring());
        return parts.block(layer, attention, parts.mlp(layer, 11_008, mlpBias, "hidden_act", "silu"));
    }
}
