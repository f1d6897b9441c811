package dev.touchstone.families;

import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.Linear;
import dev.touchstone.model.Mlp;
import dev.touchstone.model.Norm;
import dev.touchstone.model.PositionTable;
import dev.touchstone.model.ScaledQueries;
import dev.touchstone.model.Stem;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.weights.Weights;
import java.util.function.Supplier;

/**
 * OPT ({@code OPTConfig} and {@code modeling_opt.py} in Hugging Face transformers): learned positions that start at row 2, and scaled
 * queries instead of scaled scores. OPT-350M has norms after the residual and a narrower embedding with projections.
 */
final class Opt {
    private static final String BASE = "decoder.";
    private static final int OFFSET = 2;
    private static final double EPSILON = 1e-5;
    private static final Shape DEFAULTS = new Shape(12, 12, 64, 768, 2048, 50_272);

    private Opt() {}

    static Transformer build(Config config, Weights weights) {
        GptParts parts = GptParts.read(config, weights, DEFAULTS, EPSILON);
        config.refuse(
                "layer_norm_elementwise_affine",
                !config.flag("layer_norm_elementwise_affine", true),
                "norms without weights are not supported; expected true");
        int channels = parts.channels();
        int width = config.size("word_embed_proj_dim", channels);
        EmbeddingAndHead ends = parts.withChannels(width).ends(BASE + "embed_tokens", true);
        PositionTable positions = parts.positions(BASE + "embed_positions", OFFSET);
        boolean hasLast = isPreNorm(config) && !config.flag("_remove_final_layer_norm", false);
        Supplier<Norm> last = () -> hasLast ? parts.norm(BASE + "final_layer_norm") : null;
        if (width == channels) {
            Stem stem = new Stem(null, ends.embedding(), positions);
            return parts.transformer(ends, stem, null, last, layer -> block(layer, parts));
        }
        Linear in = weights.linear(BASE + "project_in", width, channels, false);
        Linear out = weights.linear(BASE + "project_out", channels, width, false);
        Stem stem = new Stem(null, ends.embedding(), in, 1, positions, null);
        return parts.transformer(ends.withProjection(out), stem, null, last, layer -> block(layer, parts));
    }

    private static boolean isPreNorm(Config config) {
        return config.flag("do_layer_norm_before", true);
    }

    private static Block block(int layer, GptParts parts) {
        boolean bias = parts.config().flag("enable_bias", true);
        int inner = parts.config().size("ffn_dim", 3072);
        String name = BASE + "layers." + layer;
        Mlp mlp = mlp(name, inner, bias, "relu", parts);
        Attention attention = attention(layer, name + ".self_attn", bias, parts);
        return isPreNorm(parts.config())
                ? new Block.Sequential(name, ln1(name, parts), attention, ln2(name, parts), mlp)
                : new Block.PostNorm(name, attention, ln1(name, parts), mlp, ln2(name, parts));
    }

    private static Norm ln1(String name, GptParts parts) {
        return parts.norm(name + ".self_attn_layer_norm");
    }

    private static Norm ln2(String name, GptParts parts) {
        return parts.norm(name + ".final_layer_norm");
    }

    /** A block as XGLM has it too; {@code activation} is the default of {@code activation_function}. */
    static Block block(int layer, String name, int inner, String activation, GptParts parts) {
        Attention attention = attention(layer, name + ".self_attn", true, parts);
        Mlp mlp = mlp(name, inner, true, activation, parts);
        return new Block.Sequential(name, ln1(name, parts), attention, ln2(name, parts), mlp);
    }

    private static Mlp mlp(String name, int inner, boolean bias, String activation, GptParts parts) {
        return new Mlp.Plain(
                null,
                parts.fromStream(name + ".fc1", inner, bias),
                parts.activation(name + ".activation_fn", "activation_function", activation),
                parts.toStream(name + ".fc2", inner, bias));
    }

    private static Attention attention(int layer, String name, boolean bias, GptParts parts) {
        return new Attention(
                name,
                layer,
                new ScaledQueries(parts.separate(name, bias), (float) parts.scale()),
                new Scoring(1),
                parts.toStream(name + ".out_proj", parts.channels(), bias));
    }
}
