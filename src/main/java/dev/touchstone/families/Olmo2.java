package dev.touchstone.families;

import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Block;
import dev.touchstone.model.NormedProjections;
import dev.touchstone.model.Projections;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.weights.Weights;

/**
 * OLMo 2 ({@code Olmo2Config} and {@code modeling_olmo2.py} in Hugging Face transformers): Llama with norms after attention and MLP instead
 * of before, and a norm of all queries together, and of all keys.
 */
final class Olmo2 {
    static final Shape DEFAULTS = new Shape(32, 32, 0, 0, 4096, 2048, 50_304);
    static final double EPSILON = 1e-5;

    private Olmo2() {}

    static Transformer build(Config config, Weights weights) {
        LlamaParts parts = LlamaParts.read(config, weights, DEFAULTS).withDefaultEpsilon(EPSILON);
        return parts.transformer(false, layer -> block(layer, parts.scoring(), parts));
    }

    static Block block(int layer, Scoring scoring, LlamaParts parts) {
        String name = "layers." + layer;
        String attention = LlamaParts.attentionName(layer);
        boolean bias = parts.config().flag("attention_bias", false);
        int headSize = parts.shape().headSize();
        Projections normed = new NormedProjections(
                parts.projections(attention, bias),
                parts.norm(attention + ".q_norm", parts.shape().heads() * headSize),
                parts.norm(attention + ".k_norm", parts.shape().keyValueHeads() * headSize));
        return new Block.Sandwiched(
                name,
                null,
                parts.attention(layer, normed, scoring, parts.output(attention + ".o_proj", bias)),
                parts.norm(name + ".post_attention_layernorm"),
                null,
                parts.mlp(layer, 11_008, false, "hidden_act", "silu"),
                parts.norm(name + ".post_feedforward_layernorm"));
    }
}
