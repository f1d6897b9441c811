package dev.touchstone.model;

import dev.touchstone.kernels.Activation;
import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Mlp.NamedActivation;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A GPT-2 of any size with random weights that are large enough for every non-linearity to matter. */
public final class RandomModel {
    private final Random random;
    private final int channels;

    private RandomModel(Random random, int channels) {
        this.random = random;
        this.channels = channels;
    }

    public static Transformer of(Transformer.Shape shape, int hidden, long seed) {
        RandomModel builder = new RandomModel(new Random(seed), shape.channels());
        Matrix wte = Matrix.ofOutputRows(builder.weights(shape.vocabulary(), shape.channels()));
        Matrix wpe = Matrix.ofOutputRows(builder.weights(shape.positions(), shape.channels()));
        List<Block> blocks = new ArrayList<>();
        for (int layer = 0; layer < shape.layers(); layer++) {
            blocks.add(builder.block("h." + layer, layer, shape, hidden));
        }
        Stem stem = new Stem("drop", new Embedding("wte", wte), new PositionTable(new Embedding("wpe", wpe), 0));
        return new Transformer(
                shape,
                stem,
                LayerRotaries.same(null, blocks.size()),
                blocks,
                builder.norm("ln_f"),
                new Head("lm_head", wte));
    }

    /** The same model with a window in every layer. */
    public static Transformer within(int window, Transformer model) {
        List<Block> blocks = model.blocks().stream()
                .<Block>map(block -> new Block.Sequential(
                        block.name(), block.ln1(), within(window, block.attn()), block.ln2(), block.mlp()))
                .toList();
        return new Transformer(model.shape(), model.stem(), model.rotaries(), blocks, model.lnF(), model.head());
    }

    private static Attention within(int window, Attention old) {
        return new Attention(
                old.name(), old.layer(), old.projections(), old.scoring().withWindow(window), old.output());
    }

    private Block block(String name, int layer, Transformer.Shape shape, int hidden) {
        String attn = name + ".attn";
        Projections fused = new Projections.Fused(linear(attn + ".c_attn", channels, 3 * channels));
        float scale = (float) (1 / Math.sqrt(shape.headSize()));
        return new Block.Sequential(
                name,
                norm(name + ".ln_1"),
                new Attention(attn, layer, fused, new Scoring(scale), linear(attn + ".c_proj", channels, channels)),
                norm(name + ".ln_2"),
                new Mlp.Plain(
                        name + ".mlp",
                        linear(name + ".mlp.c_fc", channels, hidden),
                        new NamedActivation(name + ".mlp.act", Activation.GELU_NEW),
                        linear(name + ".mlp.c_proj", hidden, channels)));
    }

    private LayerNorm norm(String name) {
        return new LayerNorm(name, weights(channels).data(), weights(channels).data(), 1e-5);
    }

    private Linear linear(String name, int inputs, int outputs) {
        return new Linear(
                name,
                Matrix.ofInputRows(weights(inputs, outputs)),
                weights(outputs).data());
    }

    private Tensor weights(int... shape) {
        Tensor weights = Tensor.zeros(shape);
        for (int i = 0; i < weights.size(); i++) {
            weights.data()[i] = (float) random.nextGaussian() * 0.2f;
        }
        return weights;
    }
}
