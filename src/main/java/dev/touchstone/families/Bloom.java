package dev.touchstone.families;

import dev.touchstone.kernels.Activation;
import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.Mlp;
import dev.touchstone.model.Mlp.NamedActivation;
import dev.touchstone.model.Norm;
import dev.touchstone.model.Projections;
import dev.touchstone.model.Stem;
import dev.touchstone.model.Transformer;
import dev.touchstone.weights.Weights;
import java.util.List;
import java.util.stream.IntStream;

/**
 * BLOOM ({@code BloomConfig} and {@code modeling_bloom.py} in Hugging Face transformers). There attention and MLP add the
 * residual themselves; here, as everywhere, the block does. {@code slow_but_exact} and {@code pretraining_tp} change an order
 * of summation and nothing else.
 */
final class Bloom {
    private Bloom() {}

    static Transformer build(Config config, Weights weights) {
        config.refuse(
                "apply_residual_connection_post_layernorm",
                config.flag("apply_residual_connection_post_layernorm", false),
                "a residual stream of normed values is not supported; expected false");
        int channels = config.size("hidden_size", 64, "n_embed");
        int heads = config.heads(channels, config.size("n_head", 8, "num_attention_heads"), "n_head");
        int positions = config.size("seq_length", 2048, "max_position_embeddings");
        int vocabulary = config.size("vocab_size", 250_880);
        int layers = config.size("n_layer", 2, "num_hidden_layers");
        double epsilon = config.nonNegative("layer_norm_epsilon", 1e-5);
        EmbeddingAndHead ends = EmbeddingAndHead.load(
                weights, "word_embeddings", config.flag("tie_word_embeddings", true), vocabulary, channels);
        Norm first = weights.layerNorm("word_embeddings_layernorm", channels, epsilon);
        List<Block> blocks = IntStream.range(0, layers)
                .mapToObj(layer -> block(layer, channels, heads, epsilon, weights))
                .toList();
        Norm last = weights.layerNorm("ln_f", channels, epsilon);
        Transformer.Shape shape =
                new Transformer.Shape(layers, heads, channels / heads, channels, positions, vocabulary);
        return new Transformer(shape, new Stem(null, ends.embedding(), null, first), null, blocks, last, ends.head());
    }

    private static Block block(int layer, int channels, int heads, double epsilon, Weights weights) {
        String name = "h." + layer;
        int size = channels / heads;
        String attention = name + ".self_attention";
        String mlp = name + ".mlp";
        Scoring scoring = new Scoring((float) (1 / Math.sqrt(size)), 0, Scoring.UNLIMITED, Scoring.alibiSlopes(heads));
        return new Block.Sequential(
                name,
                weights.layerNorm(name + ".input_layernorm", channels, epsilon),
                new Attention(
                        attention,
                        layer,
                        new Projections.Interleaved(
                                weights.linear(attention + ".query_key_value", channels, 3 * channels, true), size),
                        scoring,
                        weights.linear(attention + ".dense", channels, channels, true)),
                weights.layerNorm(name + ".post_attention_layernorm", channels, epsilon),
                new Mlp.Plain(
                        mlp,
                        weights.linear(mlp + ".dense_h_to_4h", channels, 4 * channels, true),
                        new NamedActivation(mlp + ".gelu_impl", Activation.GELU_NEW),
                        weights.linear(mlp + ".dense_4h_to_h", 4 * channels, channels, true)));
    }
}
