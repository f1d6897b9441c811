package dev.touchstone.families;

import dev.touchstone.kernels.Activation;
import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.Mlp;
import dev.touchstone.model.Mlp.NamedActivation;
import dev.touchstone.model.Norm;
import dev.touchstone.model.PositionTable;
import dev.touchstone.model.Projections;
import dev.touchstone.model.Stem;
import dev.touchstone.model.Transformer;
import dev.touchstone.weights.Weights;
import java.util.List;
import java.util.stream.IntStream;

/**
 * OPT ({@code OPTConfig} and {@code modeling_opt.py} in Hugging Face transformers). Its smallest sibling but one, 350M, is
 * another architecture, with norms after the residual and an embedding of its own width, and is refused.
 */
final class Opt {
    private static final String BASE = "decoder.";
    private static final int OFFSET = 2;
    private static final double EPSILON = 1e-5;

    private Opt() {}

    static Transformer build(Config config, Weights weights) {
        int channels = config.size("hidden_size", 768);
        refuseOthers(config, channels);
        int heads = config.heads(channels, config.size("num_attention_heads", 12), "num_attention_heads");
        int positions = config.size("max_position_embeddings", 2048);
        int vocabulary = config.size("vocab_size", 50_272);
        int layers = config.size("num_hidden_layers", 12);
        EmbeddingAndHead ends = EmbeddingAndHead.load(
                weights, BASE + "embed_tokens", config.flag("tie_word_embeddings", true), vocabulary, channels);
        PositionTable places =
                new PositionTable(weights.embedding(BASE + "embed_positions", positions + OFFSET, channels), OFFSET);
        List<Block> blocks = IntStream.range(0, layers)
                .mapToObj(layer -> block(layer, channels, heads, config, weights))
                .toList();
        Norm norm = weights.layerNorm(BASE + "final_layer_norm", channels, EPSILON);
        Transformer.Shape shape =
                new Transformer.Shape(layers, heads, channels / heads, channels, positions, vocabulary);
        return new Transformer(shape, new Stem(null, ends.embedding(), places), null, blocks, norm, ends.head());
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

    private static Block block(int layer, int channels, int heads, Config config, Weights weights) {
        String name = BASE + "layers." + layer;
        boolean bias = config.flag("enable_bias", true);
        int inner = config.size("ffn_dim", 3072);
        Activation activation = config.choice("activation_function", "relu", Activations.BY_NAME);
        return new Block.Sequential(
                name,
                weights.layerNorm(name + ".self_attn_layer_norm", channels, EPSILON),
                attention(name + ".self_attn", layer, channels, heads, bias, weights),
                weights.layerNorm(name + ".final_layer_norm", channels, EPSILON),
                new Mlp.Plain(
                        null,
                        weights.linear(name + ".fc1", channels, inner, bias),
                        new NamedActivation(name + ".activation_fn", activation),
                        weights.linear(name + ".fc2", inner, channels, bias)));
    }

    /** It is the queries that are scaled, before they meet the keys. */
    static Attention attention(String name, int layer, int channels, int heads, boolean bias, Weights weights) {
        return new Attention(
                name,
                layer,
                new Projections.ScaledQueries(weights.projections(name, channels, channels, channels, bias), (float)
                        Math.pow(channels / heads, -0.5)),
                new Scoring(1),
                weights.linear(name + ".out_proj", channels, channels, bias));
    }
}
