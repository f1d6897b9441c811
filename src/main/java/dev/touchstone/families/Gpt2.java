package dev.touchstone.families;

import dev.touchstone.kernels.Activation;
import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.LayerNorm;
import dev.touchstone.model.Mlp;
import dev.touchstone.model.Mlp.NamedActivation;
import dev.touchstone.model.PositionTable;
import dev.touchstone.model.Projections;
import dev.touchstone.model.Stem;
import dev.touchstone.model.Transformer;
import dev.touchstone.weights.Weights;
import java.util.ArrayList;
import java.util.List;

/**
 * GPT-2 ({@code GPT2Config} and {@code modeling_gpt2.py} in Hugging Face transformers). Fields that change nothing in
 * float32 inference are passed over: dropouts, {@code reorder_and_upcast_attn}, {@code initializer_range}, summaries.
 */
final class Gpt2 {
    private Gpt2() {}

    static Transformer build(Config config, Weights weights) {
        config.refuse(
                "add_cross_attention",
                config.flag("add_cross_attention", false),
                "the decoder of an encoder-decoder model is not supported; expected false");
        int channels = config.size("n_embd", 768, "hidden_size");
        int heads = config.size("n_head", 12, "num_attention_heads");
        int positions = config.size("n_positions", 1024, "max_position_embeddings", "n_ctx");
        int vocabulary = config.size("vocab_size", 50257);
        int layers = config.size("n_layer", 12, "num_hidden_layers");
        double epsilon = config.nonNegative("layer_norm_epsilon", 1e-5);
        if (channels % heads != 0) {
            throw config.error("n_embd", channels, "a multiple of n_head, which is " + heads);
        }
        EmbeddingAndHead ends =
                EmbeddingAndHead.load(weights, "wte", config.flag("tie_word_embeddings", true), vocabulary, channels);
        PositionTable wpe = new PositionTable(weights.embedding("wpe", positions, channels), 0);
        List<Block> blocks = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            blocks.add(block(layer, channels, heads, epsilon, config, weights));
        }
        LayerNorm lnF = weights.layerNorm("ln_f", channels, epsilon);
        Transformer.Shape shape =
                new Transformer.Shape(layers, heads, channels / heads, channels, positions, vocabulary);
        return new Transformer(shape, new Stem("drop", ends.embedding(), wpe), null, blocks, lnF, ends.head());
    }

    private static Block block(int layer, int channels, int heads, double epsilon, Config config, Weights weights) {
        String name = "h." + layer;
        return new Block.Sequential(
                name,
                weights.layerNorm(name + ".ln_1", channels, epsilon),
                attention(name + ".attn", layer, channels, heads, config, weights),
                weights.layerNorm(name + ".ln_2", channels, epsilon),
                mlp(name + ".mlp", channels, config, weights));
    }

    private static Attention attention(
            String name, int layer, int channels, int heads, Config config, Weights weights) {
        double scale = config.flag("scale_attn_weights", true) ? Math.pow(channels / heads, -0.5) : 1;
        if (config.flag("scale_attn_by_inverse_layer_idx", false)) {
            scale /= layer + 1;
        }
        return new Attention(
                name,
                layer,
                new Projections.Fused(weights.conv1d(name + ".c_attn", channels, 3 * channels)),
                new Scoring((float) scale),
                weights.conv1d(name + ".c_proj", channels, channels));
    }

    private static Mlp mlp(String name, int channels, Config config, Weights weights) {
        Activation activation = config.choice("activation_function", "gelu_new", Activations.BY_NAME);
        int inner = config.size("n_inner", 4 * channels);
        return new Mlp.Plain(
                name,
                weights.conv1d(name + ".c_fc", channels, inner),
                new NamedActivation(name + ".act", activation),
                weights.conv1d(name + ".c_proj", inner, channels));
    }
}
