package dev.touchstone.families;

import dev.touchstone.kernels.Activation;
import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.LayerNorm;
import dev.touchstone.model.Mlp;
import dev.touchstone.model.Mlp.NamedActivation;
import dev.touchstone.model.PositionTable;
import dev.touchstone.model.Stem;
import dev.touchstone.model.Transformer;
import dev.touchstone.weights.Weights;
import java.util.ArrayList;
import java.util.List;

/**
 * The course exercise "a tiny causal language model", whose twin in PyTorch is {@code python/touchstone/exercise.py}: blocks
 * as GPT-2's, with one head, separate Q, K and V without biases, nothing after attention, and ReLU.
 */
final class Exercise {
    private Exercise() {}

    static Transformer build(Config config, Weights weights) {
        int channels = config.size("n_embd", 64, "hidden_size");
        int positions = config.size("n_positions", 32, "max_position_embeddings");
        int vocabulary = config.size("vocab_size", 20);
        int layers = config.size("n_layer", 3, "num_hidden_layers");
        int inner = config.size("n_inner", 128);
        double epsilon = config.nonNegative("layer_norm_epsilon", 1e-5);
        config.refuse("n_head", config.size("n_head", 1) != 1, "the exercise has one head; expected 1");
        boolean tied = config.flag("tie_word_embeddings", false);
        EmbeddingAndHead ends = EmbeddingAndHead.load(weights, "wte", tied, vocabulary, channels);
        PositionTable wpe = new PositionTable(weights.embedding("wpe", positions, channels), 0);
        List<Block> blocks = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            blocks.add(block(layer, channels, inner, epsilon, weights));
        }
        LayerNorm lnF = weights.layerNorm("ln_f", channels, epsilon);
        Transformer.Shape shape = new Transformer.Shape(layers, 1, channels, channels, positions, vocabulary);
        return new Transformer(shape, new Stem("drop", ends.embedding(), wpe), null, blocks, lnF, ends.head());
    }

    private static Block block(int layer, int channels, int inner, double epsilon, Weights weights) {
        String name = "h." + layer;
        String attn = name + ".attn";
        String mlp = name + ".mlp";
        return new Block.Sequential(
                name,
                weights.layerNorm(name + ".ln_1", channels, epsilon),
                new Attention(
                        attn,
                        layer,
                        weights.projections(attn, channels, channels, channels, false),
                        new Scoring((float) Math.pow(channels, -0.5)),
                        null),
                weights.layerNorm(name + ".ln_2", channels, epsilon),
                new Mlp.Plain(
                        mlp,
                        weights.linear(mlp + ".c_fc", channels, inner, true),
                        new NamedActivation(mlp + ".act", Activation.RELU),
                        weights.linear(mlp + ".c_proj", inner, channels, true)));
    }
}
