package dev.touchstone.families;

import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Block;
import dev.touchstone.model.LayerRotaries;
import dev.touchstone.model.Projections;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.weights.Weights;

/**
 * Gemma 3, the text models ({@code Gemma3TextConfig} and {@code modeling_gemma3.py} in Hugging Face transformers): Gemma 2 with a norm for
 * each head of queries and keys, a sliding window in five of six layers, another rotary embedding in the sixth, and uncapped scores.
 * {@code attn_logit_softcapping} has no effect there either.
 */
final class Gemma3 {
    private static final Shape DEFAULTS = new Shape(26, 8, 4, 256, 2304, 131_072, 262_208);
    private static final int PERIOD = 6;

    private Gemma3() {}

    static Transformer build(Config config, Weights weights) {
        Gemma.refuseBidirectional(config);
        LlamaParts parts = LlamaParts.read(config, weights, DEFAULTS).withOneAddedToNorms();
        EmbeddingAndHead ends = parts.ends(true)
                .withScale(Math.sqrt(parts.shape().channels()))
                .withCap(config.nonNegative("final_logit_softcapping", 0));
        LayerRotaries rotaries = RotarySettings.ofKinds(
                config,
                parts.shape(),
                layer -> parts.slides(layer, parts.slidesByPattern(layer, PERIOD)),
                config.nonNegative("rope_theta", 1_000_000),
                config.nonNegative("rope_local_base_freq", 10_000));
        return parts.transformer(ends, rotaries, parts::norm, layer -> block(layer, parts));
    }

    private static Block block(int layer, LlamaParts parts) {
        Config config = parts.config();
        String attention = LlamaParts.attentionName(layer);
        Projections normed = parts.normedProjections(attention, config.flag("attention_bias", false));
        double scale = Math.pow(config.size("query_pre_attn_scalar", 256), -0.5);
        int window = parts.window(layer, parts.slidesByPattern(layer, PERIOD), 4096);
        return Gemma2.block(layer, normed, new Scoring((float) scale).withWindow(window), parts);
    }
}
