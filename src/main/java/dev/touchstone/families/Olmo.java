package dev.touchstone.families;

import dev.touchstone.model.Block;
import dev.touchstone.model.ClippedProjections;
import dev.touchstone.model.LayerNorm;
import dev.touchstone.model.LayerRotaries;
import dev.touchstone.model.Projections;
import dev.touchstone.model.Rotary;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.weights.Weights;

/**
 * OLMo 1 ({@code OlmoConfig} and {@code modeling_olmo.py} in Hugging Face transformers): Llama with norms that have no weights, and queries,
 * keys and values that may be clipped.
 */
final class Olmo {
    private static final double EPSILON = 1e-5;
    private static final Shape DEFAULTS = new Shape(32, 32, 0, 0, 4096, 2048, 50_304);

    private Olmo() {}

    static Transformer build(Config config, Weights weights) {
        LlamaParts parts = LlamaParts.read(config, weights, DEFAULTS);
        Shape shape = parts.shape();
        Rotary rotary = RotarySettings.whole(config, shape.headSize(), shape.positions());
        LayerRotaries rotaries = LayerRotaries.same(rotary, shape.layers());
        return parts.transformer(parts.ends(false), rotaries, name -> norm(name, parts), layer -> block(layer, parts));
    }

    private static LayerNorm norm(String name, LlamaParts parts) {
        return new LayerNorm(name, parts.shape().channels(), null, null, EPSILON);
    }

    private static Block block(int layer, LlamaParts parts) {
        String name = "layers." + layer;
        String attention = LlamaParts.attentionName(layer);
        boolean bias = parts.config().flag("attention_bias", false);
        Projections projections = parts.projections(attention, bias);
        if (parts.config().has("clip_qkv")) {
            float limit = (float) parts.config().nonNegative("clip_qkv", 0);
            projections = new ClippedProjections(projections, limit);
        }
        return new Block.Sequential(
                name,
                norm(name + ".input_layernorm", parts),
                parts.attention(layer, projections, parts.scoring(), parts.output(attention + ".o_proj", bias)),
                norm(name + ".post_attention_layernorm", parts),
                parts.mlp(layer, 11_008, false, "hidden_act", "silu"));
    }
}
