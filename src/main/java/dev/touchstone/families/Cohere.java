package dev.touchstone.families;

import dev.touchstone.kernels.RotaryLayout;
import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.LayerNorm;
import dev.touchstone.model.LayerRotaries;
import dev.touchstone.model.NormedProjections;
import dev.touchstone.model.Projections;
import dev.touchstone.model.Rotary;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.weights.Weights;
import java.util.function.IntFunction;

/**
 * Cohere's Command R ({@code CohereConfig} and {@code modeling_cohere.py} in Hugging Face transformers): Llama's attention and MLP in
 * parallel, interleaved rotary embeddings, LayerNorm without biases, and scaled logits. In Command R+ each head of queries and keys has a
 * norm with gains of its own.
 */
final class Cohere {
    static final Shape DEFAULTS = new Shape(40, 64, 0, 0, 8192, 8192, 256_000);
    private static final double THETA = 500_000;

    private Cohere() {}

    static Transformer build(Config config, Weights weights) {
        LlamaParts parts = read(config, weights);
        Rotary rotary = rotary(parts, THETA);
        return build(parts, LayerRotaries.same(rotary, parts.shape().layers()), layer -> attention(layer, parts));
    }

    /** The sizes and the epsilon of the norms. */
    static LlamaParts read(Config config, Weights weights) {
        LlamaParts parts = LlamaParts.read(config, weights, DEFAULTS);
        return parts.withEpsilon(config.nonNegative("layer_norm_eps", 1e-5));
    }

    /** An interleaved rotary embedding. */
    static Rotary rotary(LlamaParts parts, double theta) {
        Shape shape = parts.shape();
        return RotarySettings.whole(parts.config(), shape.headSize(), shape.positions(), theta)
                .withLayout(RotaryLayout.INTERLEAVED);
    }

    /** A model of parallel blocks with these attention layers. */
    static Transformer build(LlamaParts parts, LayerRotaries rotaries, IntFunction<Attention> attention) {
        double scale = parts.config().number("logit_scale", 0.0625);
        return parts.transformer(
                parts.ends(true).withLogitScale(scale),
                rotaries,
                name -> norm(name, parts),
                layer -> new Block.Parallel(
                        "layers." + layer,
                        norm("layers." + layer + ".input_layernorm", parts),
                        attention.apply(layer),
                        null,
                        parts.mlp(layer, 22_528, false, "hidden_act", "silu")));
    }

    private static LayerNorm norm(String name, LlamaParts parts) {
        return parts.weights()
                .layerNormWithoutBias(name, parts.epsilon(), parts.shape().channels());
    }

    private static Attention attention(int layer, LlamaParts parts) {
        boolean bias = parts.config().flag("attention_bias", false);
        if (!parts.config().flag("use_qk_norm", false)) {
            return parts.attention(layer, bias, bias, parts.scoring());
        }
        String name = LlamaParts.attentionName(layer);
        Shape shape = parts.shape();
        Projections normed = new NormedProjections(
                parts.projections(name, bias),
                headNorm(name + ".q_norm", shape.heads(), parts),
                headNorm(name + ".k_norm", shape.keyValueHeads(), parts));
        return parts.attention(layer, normed, parts.scoring(), parts.output(name + ".o_proj", bias));
    }

    private static LayerNorm headNorm(String name, int heads, LlamaParts parts) {
        return parts.weights()
                .layerNormWithoutBias(
                        name, parts.epsilon(), heads, parts.shape().headSize());
    }
}
