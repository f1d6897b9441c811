package dev.touchstone.parity;

import dev.touchstone.kernels.Activation;
import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.Embedding;
import dev.touchstone.model.Head;
import dev.touchstone.model.LayerNorm;
import dev.touchstone.model.LayerRotaries;
import dev.touchstone.model.Linear;
import dev.touchstone.model.Mlp;
import dev.touchstone.model.Mlp.NamedActivation;
import dev.touchstone.model.PositionTable;
import dev.touchstone.model.Projections.Fused;
import dev.touchstone.model.Stem;
import dev.touchstone.model.Transformer;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/**
 * A random GPT-2 and a random prompt.
 *
 * @param inverse {@code scale_attn_by_inverse_layer_idx}
 */
public record RandomGpt2(Sizes sizes, Activation activation, double epsilon, boolean tied, boolean inverse, long seed) {

    public record Sizes(int layers, int heads, int headSize, int inner, int tokens, int vocabulary) {
        int channels() {
            return heads * headSize;
        }
    }

    public static Arbitrary<RandomGpt2> any() {
        Arbitrary<Sizes> sizes = Combinators.combine(
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.integers().between(1, 5),
                        Arbitraries.integers().between(1, 17),
                        Arbitraries.integers().between(1, 90),
                        Arbitraries.integers().between(1, 33),
                        Arbitraries.integers().between(2, 130))
                .as(Sizes::new)
                .filter(size -> size.channels() > 3);
        return Combinators.combine(
                        sizes,
                        Arbitraries.of(Activation.RELU, Activation.GELU, Activation.GELU_NEW, Activation.SILU),
                        Arbitraries.of(1e-6, 1e-5, 1e-3, 0.03),
                        Arbitraries.of(true, false),
                        Arbitraries.of(true, false),
                        Arbitraries.longs())
                .as(RandomGpt2::new);
    }

    /** The taps that libtorch computes for the prompt. */
    public TorchReference reference() {
        return TorchEquations.run(this, model());
    }

    int[] prompt() {
        return new Random(seed).ints(sizes.tokens, 0, sizes.vocabulary).toArray();
    }

    /** {@code 1 / sqrt(D)}; with {@code inverse} also divided by the layer's number, counted from 1. */
    double scale(int layer) {
        return Math.pow(sizes.headSize, -0.5) / (inverse ? layer + 1 : 1);
    }

    public Transformer model() {
        return new Builder(new Random(seed)).model();
    }

    /** Generates random weights in the order in which they are used. */
    private final class Builder {
        private final Random random;

        Builder(Random random) {
            this.random = random;
        }

        Transformer model() {
            int channels = sizes.channels();
            Transformer.Shape shape = new Transformer.Shape(
                    sizes.layers, sizes.heads, sizes.headSize, channels, sizes.tokens, sizes.vocabulary);
            Matrix wte = Matrix.ofOutputRows(normal(0, 0.5, sizes.vocabulary, channels));
            Matrix wpe = Matrix.ofOutputRows(normal(0, 0.5, sizes.tokens, channels));
            List<Block> blocks = new ArrayList<>();
            for (int layer = 0; layer < sizes.layers; layer++) {
                blocks.add(block("h." + layer, layer));
            }
            Matrix head = tied ? wte : Matrix.ofOutputRows(normal(0, 0.5, sizes.vocabulary, channels));
            Stem stem = new Stem("drop", new Embedding("wte", wte), new PositionTable(new Embedding("wpe", wpe), 0));
            return new Transformer(
                    shape,
                    stem,
                    LayerRotaries.same(null, blocks.size()),
                    blocks,
                    norm("ln_f"),
                    new Head("lm_head", head));
        }

        private Block block(String name, int layer) {
            int channels = sizes.channels();
            Fused fused = new Fused(linear(name + ".attn.c_attn", channels, 3 * channels));
            Linear output = linear(name + ".attn.c_proj", channels, channels);
            return new Block.Sequential(
                    name,
                    norm(name + ".ln_1"),
                    new Attention(name + ".attn", layer, fused, new Scoring((float) scale(layer)), output),
                    norm(name + ".ln_2"),
                    new Mlp.Plain(
                            name + ".mlp",
                            linear(name + ".mlp.c_fc", channels, sizes.inner),
                            new NamedActivation(name + ".mlp.act", activation),
                            linear(name + ".mlp.c_proj", sizes.inner, channels)));
        }

        private LayerNorm norm(String name) {
            float[] gain = normal(1, 0.2, sizes.channels()).data();
            return new LayerNorm(name, gain, normal(0, 0.2, sizes.channels()).data(), epsilon);
        }

        private Linear linear(String name, int inputs, int outputs) {
            Matrix weight = Matrix.ofInputRows(normal(0, 1.2 / Math.sqrt(inputs), inputs, outputs));
            return new Linear(name, weight, normal(0, 0.2, outputs).data());
        }

        private Tensor normal(double mean, double spread, int... shape) {
            Tensor tensor = Tensor.zeros(shape);
            for (int i = 0; i < tensor.size(); i++) {
                tensor.data()[i] = (float) (mean + spread * random.nextGaussian());
            }
            return tensor;
        }
    }
}
