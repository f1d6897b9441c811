package dev.touchstone.families;

import dev.touchstone.kernels.Activation;
import dev.touchstone.model.Block;
import dev.touchstone.model.Embedding;
import dev.touchstone.model.Mlp;
import dev.touchstone.model.Mlp.NamedActivation;
import dev.touchstone.model.Norm;
import dev.touchstone.model.Sinusoids;
import dev.touchstone.model.Stem;
import dev.touchstone.model.Transformer;
import dev.touchstone.weights.Weights;
import java.util.List;
import java.util.stream.IntStream;

/** XGLM ({@code XGLMConfig} and {@code modeling_xglm.py} in Hugging Face transformers): OPT with sinusoidal positions. */
final class Xglm {
    private static final double EPSILON = 1e-5;
    private static final int OFFSET = 2;

    private Xglm() {}

    static Transformer build(Config config, Weights weights) {
        config.refuse(
                "add_cross_attention",
                config.flag("add_cross_attention", false),
                "the decoder of an encoder-decoder model is not supported; expected false");
        config.refuse(
                "pad_token_id",
                config.has("pad_token_id") && config.count("pad_token_id", 0) >= OFFSET,
                "a token at that position would have none; expected 0, 1 or null");
        int channels = config.size("d_model", 1024, "hidden_size");
        int heads =
                config.heads(channels, config.size("attention_heads", 16, "num_attention_heads"), "attention_heads");
        Sinusoids sinusoids = sinusoids(config, channels);
        int positions = config.size("max_position_embeddings", 2048);
        int vocabulary = config.size("vocab_size", 256_008);
        int layers = config.size("num_layers", 24, "num_hidden_layers");
        EmbeddingAndHead ends = EmbeddingAndHead.load(
                weights, "embed_tokens", config.flag("tie_word_embeddings", true), vocabulary, channels);
        float scale = config.flag("scale_embedding", true) ? (float) Math.sqrt(channels) : 1;
        Embedding tokens =
                new Embedding(ends.embedding().name(), ends.embedding().table(), scale);
        List<Block> blocks = IntStream.range(0, layers)
                .mapToObj(layer -> block(layer, channels, heads, config, weights))
                .toList();
        Norm norm = weights.layerNorm("layer_norm", channels, EPSILON);
        Transformer.Shape shape =
                new Transformer.Shape(layers, heads, channels / heads, channels, positions, vocabulary);
        return new Transformer(shape, new Stem(null, tokens, sinusoids), null, blocks, norm, ends.head());
    }

    /** From 1 down to 1 / 10,000, both included. */
    private static Sinusoids sinusoids(Config config, int channels) {
        int pairs = channels / 2;
        if (pairs < 2) {
            throw config.error("d_model", channels, "4 or more");
        }
        List<Double> frequencies = IntStream.range(0, pairs)
                .mapToObj(i -> StrictMath.pow(10_000, -i / (pairs - 1.0)))
                .toList();
        return new Sinusoids("embed_positions", channels, frequencies, OFFSET);
    }

    private static Block block(int layer, int channels, int heads, Config config, Weights weights) {
        String name = "layers." + layer;
        int inner = config.size("ffn_dim", 4096);
        Activation activation = config.choice("activation_function", "gelu", Activations.BY_NAME);
        return new Block.Sequential(
                name,
                weights.layerNorm(name + ".self_attn_layer_norm", channels, EPSILON),
                Opt.attention(name + ".self_attn", layer, channels, heads, true, weights),
                weights.layerNorm(name + ".final_layer_norm", channels, EPSILON),
                new Mlp.Plain(
                        null,
                        weights.linear(name + ".fc1", channels, inner, true),
                        new NamedActivation(name + ".activation_fn", activation),
                        weights.linear(name + ".fc2", inner, channels, true)));
    }
}
