package dev.touchstone.families;

import dev.touchstone.kernels.Activation;
import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.Mlp;
import dev.touchstone.model.Mlp.NamedActivation;
import dev.touchstone.model.Norm;
import dev.touchstone.model.Projections;
import dev.touchstone.model.Rotary;
import dev.touchstone.model.Stem;
import dev.touchstone.model.Transformer;
import dev.touchstone.weights.Weights;
import java.util.List;
import java.util.stream.IntStream;

/** GPT-NeoX and Pythia ({@code GPTNeoXConfig} and {@code modeling_gpt_neox.py} in Hugging Face transformers). */
final class GptNeoX {
    private GptNeoX() {}

    static Transformer build(Config config, Weights weights) {
        int channels = config.size("hidden_size", 6144);
        int heads = config.heads(channels, config.size("num_attention_heads", 64), "num_attention_heads");
        int positions = config.size("max_position_embeddings", 2048);
        int vocabulary = config.size("vocab_size", 50_432);
        int layers = config.size("num_hidden_layers", 44);
        double epsilon = config.nonNegative("layer_norm_eps", 1e-5);
        EmbeddingAndHead ends = EmbeddingAndHead.load(
                weights, "embed_in", "embed_out", config.flag("tie_word_embeddings", false), vocabulary, channels);
        Rotary rotary = RotarySettings.read(
                config,
                channels / heads,
                positions,
                config.nonNegative("rotary_emb_base", 10_000),
                config.nonNegative("rotary_pct", 0.25));
        List<Block> blocks = IntStream.range(0, layers)
                .mapToObj(layer -> block(layer, channels, heads, epsilon, config, weights))
                .toList();
        Norm norm = weights.layerNorm("final_layer_norm", channels, epsilon);
        Transformer.Shape shape =
                new Transformer.Shape(layers, heads, channels / heads, channels, positions, vocabulary);
        return new Transformer(shape, new Stem(ends.embedding()), rotary, blocks, norm, ends.head());
    }

    private static Block block(int layer, int channels, int heads, double epsilon, Config config, Weights weights) {
        String name = "layers." + layer;
        Norm ln1 = weights.layerNorm(name + ".input_layernorm", channels, epsilon);
        Attention attention = attention(name + ".attention", layer, channels, heads, config, weights);
        Norm ln2 = weights.layerNorm(name + ".post_attention_layernorm", channels, epsilon);
        Mlp mlp = mlp(name + ".mlp", channels, config, weights);
        return config.flag("use_parallel_residual", true)
                ? new Block.Parallel(name, ln1, attention, ln2, mlp)
                : new Block.Sequential(name, ln1, attention, ln2, mlp);
    }

    private static Attention attention(
            String name, int layer, int channels, int heads, Config config, Weights weights) {
        boolean bias = config.flag("attention_bias", true);
        int size = channels / heads;
        return new Attention(
                name,
                layer,
                new Projections.Interleaved(
                        weights.linear(name + ".query_key_value", channels, 3 * channels, bias), size),
                new Scoring((float) Math.pow(size, -0.5)),
                weights.linear(name + ".dense", channels, channels, bias));
    }

    private static Mlp mlp(String name, int channels, Config config, Weights weights) {
        Activation activation = config.choice("hidden_act", "gelu", Activations.BY_NAME);
        int inner = config.size("intermediate_size", 24_576);
        return new Mlp.Plain(
                name,
                weights.linear(name + ".dense_h_to_4h", channels, inner, true),
                new NamedActivation(name + ".act", activation),
                weights.linear(name + ".dense_4h_to_h", inner, channels, true));
    }
}
