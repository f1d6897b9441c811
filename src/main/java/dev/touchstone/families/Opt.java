package dev.touchstone.families;

import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.Mlp;
import dev.touchstone.model.Projections;
import dev.touchstone.model.Stem;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.weights.Weights;

/**
 * OPT ({@code OPTConfig} and {@code modeling_opt.py} in Hugging Face transformers): learned positions that start at row 2, and scaled
 * queries instead of scaled scores. OPT-350M, which has norms after the residual and narrower embeddings, is refused.
 */
final class Opt {
    private static final String BASE = "decoder.";
    private static final int OFFSET = 2;
    private static final double EPSILON = 1e-5;
    private static final Shape DEFAULTS = new Shape(12, 12, 64, 768, 2048, 50_272);

    private Opt() {}

    static Transformer build(Config config, Weights weights) {
        GptParts parts = GptParts.read(config, weights, DEFAULTS, EPSILON);
        refuseOthers(config, parts.channels());
        EmbeddingAndHead ends = parts.ends(BASE + "embed_tokens", true);
        Stem stem = new Stem(null, ends.embedding(), parts.positions(BASE + "embed_positions", OFFSET));
        return parts.transformer(ends, stem, null, BASE + "final_layer_norm", layer -> block(layer, parts));
    }

    private static void refuseOthers(Config config, int channels) {
        config.refuse(
                "do_layer_norm_before",
                !config.flag("do_layer_norm_before", true),
                "norms after the residual are not supported; expected true");
        config.refuse(
                "word_embed_proj_dim",
                config.size("word_embed_proj_dim", channels) != channels,
                "an embedding of another width is not supported; expected hidden_size, " + channels);
        config.refuse(
                "layer_norm_elementwise_affine",
                !config.flag("layer_norm_elementwise_affine", true),
                "norms without weights are not supported; expected true");
        config.refuse(
                "_remove_final_layer_norm",
                config.flag("_remove_final_layer_norm", false),
                "a model without its last norm is not supported; expected false");
    }

    private static Block block(int layer, GptParts parts) {
        boolean bias = parts.config().flag("enable_bias", true);
        int inner = parts.config().size("ffn_dim", 3072);
        return block(layer, BASE + "layers." + layer, inner, bias, "relu", parts);
    }

    /** A block as XGLM has it too; {@code activation} is the default of {@code activation_function}. */
    static Block block(int layer, String name, int inner, boolean bias, String activation, GptParts parts) {
        Mlp mlp = new Mlp.Plain(
                null,
                parts.fromStream(name + ".fc1", inner, bias),
                parts.activation(name + ".activation_fn", "activation_function", activation),
                parts.toStream(name + ".fc2", inner, bias));
        return new Block.Sequential(
                name,
                parts.norm(name + ".self_attn_layer_norm"),
                attention(layer, name + ".self_attn", bias, parts),
                parts.norm(name + ".final_layer_norm"),
                mlp);
    }

    private static Attention attention(int layer, String name, boolean bias, GptParts parts) {
        return new Attention(
                name,
                layer,
                new Projections.ScaledQueries(parts.separate(name, bias), (float) parts.scale()),
                new Scoring(1),
                parts.toStream(name + ".out_proj", parts.channels(), bias));
    }
}
