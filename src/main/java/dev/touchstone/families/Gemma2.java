package dev.touchstone.families;

import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Block;
import dev.touchstone.model.Linear;
import dev.touchstone.model.Projections;
import dev.touchstone.model.Rotary;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.weights.Weights;
import java.util.List;

/**
 * Gemma 2 ({@code Gemma2Config} and {@code modeling_gemma2.py} in Hugging Face transformers): soft-capped scores and logits, a sliding
 * window in every other layer, norms before and after attention and MLP, norms that add 1 to their weights, and a scaled embedding.
 */
final class Gemma2 {
    private static final Shape DEFAULTS = new Shape(26, 8, 4, 256, 2304, 8192, 256_000);

    private Gemma2() {}

    static Transformer build(Config config, Weights weights) {
        Gemma.refuseBidirectional(config);
        LlamaParts parts = LlamaParts.read(config, weights, DEFAULTS).withOneAddedToNorms();
        EmbeddingAndHead ends = parts.ends(true)
                .withScale(Math.sqrt(parts.shape().channels()))
                .withCap(config.numberOrOff("final_logit_softcapping", 30));
        Rotary rotary = RotarySettings.whole(
                config, parts.shape().headSize(), parts.shape().positions());
        return parts.transformer(ends, rotary, layer -> block(layer, parts));
    }

    private static Block block(int layer, LlamaParts parts) {
        String attention = LlamaParts.attentionName(layer);
        Projections projections = parts.projections(attention, parts.config().flag("attention_bias", false));
        return block(layer, projections, scoring(layer, parts), parts);
    }

    /** Norm, attention, norm, norm, MLP, norm. */
    static Block block(int layer, Projections projections, Scoring scoring, LlamaParts parts) {
        String name = "layers." + layer;
        Linear output = parts.output(
                LlamaParts.attentionName(layer) + ".o_proj", parts.config().flag("attention_bias", false));
        return new Block.Sandwiched(
                name,
                parts.norm(name + ".input_layernorm"),
                parts.attention(layer, projections, scoring, output),
                parts.norm(name + ".post_attention_layernorm"),
                parts.norm(name + ".pre_feedforward_layernorm"),
                parts.mlp(layer, 9216, false, "hidden_activation", "gelu_pytorch_tanh"),
                parts.norm(name + ".post_feedforward_layernorm"));
    }

    private static Scoring scoring(int layer, LlamaParts parts) {
        Config config = parts.config();
        double scale = Math.pow(config.size("query_pre_attn_scalar", 256), -0.5);
        float cap = (float) config.numberOrOff("attn_logit_softcapping", 50);
        int window = parts.window(layer, layer % 2 == 0, 4096);
        return new Scoring((float) scale, cap, window, List.of());
    }
}
