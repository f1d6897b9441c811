package dev.touchstone.families;

import dev.touchstone.kernels.Activation;
import dev.touchstone.kernels.RotaryLayout;
import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.Head;
import dev.touchstone.model.Mlp;
import dev.touchstone.model.Mlp.NamedActivation;
import dev.touchstone.model.Norm;
import dev.touchstone.model.Rotary;
import dev.touchstone.model.Stem;
import dev.touchstone.model.Transformer;
import dev.touchstone.weights.Weights;
import java.util.List;
import java.util.stream.IntStream;

/**
 * GPT-J ({@code GPTJConfig} and {@code modeling_gptj.py} in Hugging Face transformers): neighbouring channels turn together,
 * and one norm serves attention and MLP.
 */
final class GptJ {
    private static final double THETA = 10_000;

    private GptJ() {}

    static Transformer build(Config config, Weights weights) {
        int channels = config.size("n_embd", 4096, "hidden_size");
        int heads = config.heads(channels, config.size("n_head", 16, "num_attention_heads"), "n_head");
        int positions = config.size("n_positions", 2048, "max_position_embeddings");
        int vocabulary = config.size("vocab_size", 50_400);
        int layers = config.size("n_layer", 28, "num_hidden_layers");
        double epsilon = config.nonNegative("layer_norm_epsilon", 1e-5);
        EmbeddingAndHead ends =
                EmbeddingAndHead.load(weights, "wte", config.flag("tie_word_embeddings", false), vocabulary, channels);
        Head head = new Head(ends.head().name(), ends.head().weight(), weights.vector("lm_head.bias", vocabulary), 0);
        List<Block> blocks = IntStream.range(0, layers)
                .mapToObj(layer -> block(layer, channels, heads, epsilon, config, weights))
                .toList();
        Norm norm = weights.layerNorm("ln_f", channels, epsilon);
        Transformer.Shape shape =
                new Transformer.Shape(layers, heads, channels / heads, channels, positions, vocabulary);
        Stem stem = new Stem("drop", ends.embedding(), null);
        return new Transformer(shape, stem, rotary(config, channels / heads), blocks, norm, head);
    }

    /** The frequencies are in no buffer, only sines and cosines are, so they are not rounded. */
    private static Rotary rotary(Config config, int headSize) {
        int turned = config.size("rotary_dim", 64);
        if (turned % 2 != 0 || turned > headSize) {
            throw config.error("rotary_dim", turned, "an even number of the channels of a head, which are " + headSize);
        }
        List<Double> frequencies = IntStream.range(0, turned / 2)
                .mapToObj(i -> StrictMath.pow(THETA, -2.0 * i / turned))
                .toList();
        return new Rotary(null, headSize, RotaryLayout.INTERLEAVED, frequencies, 1);
    }

    private static Block block(int layer, int channels, int heads, double epsilon, Config config, Weights weights) {
        String name = "h." + layer;
        Norm norm = weights.layerNorm(name + ".ln_1", channels, epsilon);
        Attention attention = attention(name + ".attn", layer, channels, heads, weights);
        return new Block.Parallel(name, norm, attention, null, mlp(name + ".mlp", channels, config, weights));
    }

    private static Attention attention(String name, int layer, int channels, int heads, Weights weights) {
        return new Attention(
                name,
                layer,
                weights.projections(name, channels, channels, channels, false),
                new Scoring((float) Math.pow(channels / heads, -0.5)),
                weights.linear(name + ".out_proj", channels, channels, false));
    }

    private static Mlp mlp(String name, int channels, Config config, Weights weights) {
        Activation activation = config.choice("activation_function", "gelu_new", Activations.BY_NAME);
        int inner = config.size("n_inner", 4 * channels);
        return new Mlp.Plain(
                name,
                weights.linear(name + ".fc_in", channels, inner, true),
                new NamedActivation(name + ".act", activation),
                weights.linear(name + ".fc_out", inner, channels, true));
    }
}
