package dev.touchstone.families;

import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.Projections;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.weights.Weights;

/**
 * Qwen3, the dense models ({@code Qwen3Config} and {@code modeling_qwen3.py} in Hugging Face transformers): Llama with a norm for each head
 * of queries and keys, and a sliding window in some layers if the configuration asks for it.
 */
final class Qwen3 {
    private static final Shape DEFAULTS = new Shape(32, 32, 32, 128, 4096, 32_768, 151_936);

    private Qwen3() {}

    static Transformer build(Config config, Weights weights) {
        LlamaParts parts = LlamaParts.read(config, weights, DEFAULTS);
        return parts.transformer(false, layer -> block(layer, parts));
    }

    private static Block block(int layer, LlamaParts parts) {
        Attention attention = attention(layer, Qwen2.scoring(layer, parts), parts);
        return parts.block(layer, attention, parts.mlp(layer, 22_016, false, "hidden_act", "silu"));
    }

    static Attention attention(int layer, Scoring scoring, LlamaParts parts) {
        String name = LlamaParts.attentionName(layer);
        boolean bias = parts.config().flag("attention_bias", false);
        Projections normed = parts.normedProjections(name, bias);
        return parts.attention(layer, normed, scoring, parts.output(name + ".o_proj", bias));
    }
}
