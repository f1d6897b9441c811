package dev.touchstone.support;

import dev.touchstone.kernels.Activation;
import dev.touchstone.kernels.RotaryLayout;
import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.Embedding;
import dev.touchstone.model.Head;
import dev.touchstone.model.LayerRotaries;
import dev.touchstone.model.Linear;
import dev.touchstone.model.Mlp;
import dev.touchstone.model.Norm;
import dev.touchstone.model.NormedProjections;
import dev.touchstone.model.Projections;
import dev.touchstone.model.RmsNorm;
import dev.touchstone.model.Rotary;
import dev.touchstone.model.Stem;
import dev.touchstone.model.Transformer;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Tensor;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * A model of a made-up family. Its modules have names that no real family uses. It has grouped-query attention with norms of
 * queries and keys, interleaved rotary embeddings of some channels, and one block of each kind: parallel with two norms and
 * a gated MLP; sandwiched with a soft cap, a window and a gated MLP; sequential with a plain MLP that is not a module.
 */
public final class MadeUpFamily {
    /** The names of the three blocks. */
    public static final List<String> BLOCKS = List.of("one", "two", "three");

    private static final Transformer.Shape SHAPE = new Transformer.Shape(3, 6, 2, 6, 20, 48, 60);
    private static final int INNER = 28;
    private static final double THETA = 40;
    private static final int ROTATED = 4;

    private final Random random = new Random(5);

    private MadeUpFamily() {}

    public static Transformer model() {
        return new MadeUpFamily().transformer();
    }

    private Transformer transformer() {
        Embedding tokens =
                new Embedding("vocabulary", Matrix.ofOutputRows(normal(0, 0.5, SHAPE.vocabulary(), SHAPE.channels())));
        Stem stem = new Stem("entry", tokens, null, norm("entry/size", SHAPE.channels()));
        List<Double> frequencies = IntStream.range(0, ROTATED / 2)
                .mapToObj(i -> (double) (float) StrictMath.pow(THETA, -2.0 * i / ROTATED))
                .toList();
        Rotary rotary = new Rotary("compass", SHAPE.headSize(), RotaryLayout.INTERLEAVED, frequencies, 1);
        List<Block> blocks = List.of(parallel("one", 0), sandwiched("two", 1), sequential("three", 2));
        Matrix head = Matrix.ofOutputRows(normal(0, 0.5, SHAPE.vocabulary(), SHAPE.channels()));
        return new Transformer(
                SHAPE,
                stem,
                LayerRotaries.same(rotary, blocks.size()),
                blocks,
                norm("exit", SHAPE.channels()),
                new Head("words", head, null, 4));
    }

    private Block parallel(String name, int layer) {
        return new Block.Parallel(
                name,
                norm(name + "/size-a", SHAPE.channels()),
                attention(name + "/look", layer, new Scoring(0.4f)),
                norm(name + "/size-b", SHAPE.channels()),
                gated(name + "/think", Activation.SILU));
    }

    private Block sandwiched(String name, int layer) {
        return new Block.Sandwiched(
                name,
                norm(name + "/size-a", SHAPE.channels()),
                attention(name + "/look", layer, new Scoring(0.4f, 3, 7, List.of())),
                norm(name + "/size-b", SHAPE.channels()),
                norm(name + "/size-c", SHAPE.channels()),
                gated(name + "/think", Activation.GELU),
                norm(name + "/size-d", SHAPE.channels()));
    }

    private Block sequential(String name, int layer) {
        return new Block.Sequential(
                name,
                norm(name + "/size-a", SHAPE.channels()),
                attention(name + "/look", layer, new Scoring(0.4f)),
                norm(name + "/size-b", SHAPE.channels()),
                new Mlp.Plain(
                        null,
                        linear(name + "/wide", SHAPE.channels(), INNER),
                        new Mlp.NamedActivation(name + "/bend", Activation.GELU_NEW),
                        linear(name + "/narrow", INNER, SHAPE.channels())));
    }

    private Attention attention(String name, int layer, Scoring scoring) {
        int queries = SHAPE.heads() * SHAPE.headSize();
        int keys = SHAPE.keyValueHeads() * SHAPE.headSize();
        Projections separate = new Projections.Separate(
                linear(name + "/ask", SHAPE.channels(), queries),
                linear(name + "/offer", SHAPE.channels(), keys),
                linear(name + "/give", SHAPE.channels(), keys));
        Projections projections = new NormedProjections(
                separate, norm(name + "/ask-size", SHAPE.headSize()), norm(name + "/offer-size", SHAPE.headSize()));
        return new Attention(name, layer, projections, scoring, linear(name + "/join", queries, SHAPE.channels()));
    }

    private Mlp gated(String name, Activation activation) {
        return new Mlp.Gated(
                name,
                linear(name + "/door", SHAPE.channels(), INNER),
                new Mlp.NamedActivation(name + "/bend", activation),
                linear(name + "/wide", SHAPE.channels(), INNER),
                linear(name + "/narrow", INNER, SHAPE.channels()));
    }

    private Norm norm(String name, int channels) {
        return new RmsNorm(name, normal(1, 0.2, channels).data(), 0, 3e-3);
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
