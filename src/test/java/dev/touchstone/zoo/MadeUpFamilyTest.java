package dev.touchstone.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.kernels.Activation;
import dev.touchstone.kernels.RotaryLayout;
import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Block;
import dev.touchstone.model.Embedding;
import dev.touchstone.model.Head;
import dev.touchstone.model.Linear;
import dev.touchstone.model.Mlp;
import dev.touchstone.model.RmsNorm;
import dev.touchstone.model.Rotary;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.taps.TapMap;
import dev.touchstone.parity.errors.Reference;
import dev.touchstone.support.MadeUpFamily;
import dev.touchstone.tensor.KeyValuePages;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The diagnosis names bugs in a model of no known family. The reference is the forward pass of the same model without a bug,
 * because only the diagnosis is tested.
 */
class MadeUpFamilyTest {
    private static final Transformer MODEL = MadeUpFamily.model();
    private static final TapMap MAP = TapMap.of(MODEL);
    private static final Reference REFERENCE = reference();

    /** A bug, the tap at which it must be located, and a text that a clue must contain. */
    private record Planted(String what, Plant plant, String tap, String clue) {
        @Override
        public String toString() {
            return what;
        }
    }

    private static final List<Planted> EMBEDDINGS = List.of(
            zoo("weights rounded to bf16 when loaded", "vocabulary", "rounded to bfloat16"),
            model(
                    "the embedding scaled",
                    "vocabulary",
                    "3.0000 times the expected values",
                    model -> Surgery.each(model, Embedding.class, old -> new Embedding(old.name(), old.table(), 3))),
            zoo("the norm of the embedding missing", "entry/size", "the forward pass never reported [entry/size]"),
            rotary("theta", "theta 10000, should be 40", old -> withTheta(old, 1e4)),
            rotary("linear scaling", "every angle is 2.500 times the expected", old -> withFactor(old, 2.5, 1)),
            rotary("the attention factor", "the attention factor of YaRN", old -> withFactor(old, 1, 1.2)),
            zoo("frequencies in bfloat16", "compass", "the frequencies are rounded to bfloat16"));

    private static final List<Planted> NORMS = List.of(
            epsilon("one/size-a"),
            epsilon("one/size-b"),
            epsilon("one/look/ask-size"),
            epsilon("three/look/offer-size"),
            epsilon("two/size-b"),
            epsilon("two/size-c"),
            epsilon("two/size-d"),
            epsilon("three/size-b"),
            epsilon("exit"),
            norm(
                    "a gain missing",
                    "three/size-b",
                    "the gain is missing",
                    old -> new RmsNorm(old.name(), ones(old.gain().length), 0, old.epsilon())),
            norm(
                    "a gain with 1 added",
                    "two/size-d",
                    "1 is added to the gain",
                    old -> new RmsNorm(old.name(), old.gain(), 1, old.epsilon())),
            zoo("RMSNorm treated as LayerNorm", "entry/size", "as in a LayerNorm"),
            zoo("F18: epsilon outside the root", "entry/size", "epsilon is added outside the square root"),
            zoo("the sum of squares instead of their mean", "entry/size", "the sum of squares is used"),
            zoo("queries normalised over all heads at once", "one/look/ask-size", "all heads are normalized together"),
            zoo("norms of queries and keys swapped", "one/look/ask-size", "the gain is wrong"));

    private static final List<Planted> ATTENTION = List.of(
            zoo("queries not rotated", "one/look.q", "the rotary embedding is not applied"),
            zoo(
                    "the last channels of a head rotated instead of the first",
                    "one/look.q",
                    "the last channels of each head"),
            rotated("half-split", "should be neighbouring channels", RotaryLayout.HALF_SPLIT, 1),
            rotated("the sign of the sine", "rotates in the opposite direction", RotaryLayout.INTERLEAVED, -1),
            new Planted("values as keys", valuesAsKeys("two/look"), "two/look.k", "these are the values"),
            zoo(
                    "key heads assigned to query heads in turn instead of in groups",
                    "one/look.scores",
                    "key head h mod 2, should be h / 3"),
            zoo(
                    "value heads assigned to query heads in turn instead of in groups",
                    "one/look.context",
                    "value head h mod 2, should be h / 3"),
            scoring("the scale", 0, "2.0000 times the expected values", old -> new Scoring(0.8f)),
            scoring("no soft cap", 1, "the soft cap of 3 is missing", old -> new Scoring(0.4f).withWindow(7)),
            scoring(
                    "another soft cap",
                    1,
                    "soft-capped at 50, should be at 3",
                    old -> new Scoring(old.scale(), 50, old.window(), List.of())),
            scoring(
                    "a window one too wide",
                    1,
                    "sees the last 8 positions, should see the last 7",
                    old -> old.withWindow(8)),
            scoring(
                    "slopes that should not be there",
                    0,
                    "ALiBi slopes",
                    old -> new Scoring(old.scale(), 0, Scoring.UNLIMITED, Scoring.alibiSlopes(6))),
            new Planted("no causal mask", Plant.kernels(unmasked()), "one/look.scores", "should be masked but are not"),
            zoo("a mask of -10 instead of -inf", "one/look.probs", "the mask is not -inf"),
            zoo("softmax over the queries", "one/look.probs", "over the queries, should be over the keys"),
            zoo("softmax over the heads", "one/look.probs", "over the heads, should be over the keys"),
            zoo("softmax in base 2", "one/look.probs", "in base 2"),
            zoo("softmax with 1 added to its sum", "one/look.probs", "1 added to its denominator"));

    private static final List<Planted> MLPS = List.of(
            model(
                    "gate and up swapped",
                    "one/think/bend",
                    "its input is one/think/wide: gate and up projection are swapped",
                    model -> Surgery.each(model, Mlp.Gated.class, MadeUpFamilyTest::swapped)),
            model(
                    "another activation in a gated MLP",
                    "two/think/bend",
                    "the activation is SiLU",
                    model -> Surgery.activation(model, 1, Activation.SILU)),
            model(
                    "another activation in a plain MLP",
                    "three/bend",
                    "the activation is ReLU",
                    model -> Surgery.activation(model, 2, Activation.RELU)),
            zoo("quick GELU, x sigmoid(1.702 x)", "one/think/bend", "the activation is quick GELU"),
            zoo("gelu_new with 0.8 for sqrt(2 / pi)", "one/think/bend", "a GELU with other constants"),
            model(
                    "a bias dropped",
                    "one/think/door",
                    "a bias that is missing",
                    model ->
                            Surgery.linear(model, "one/think/door", old -> new Linear(old.name(), old.weight(), null))),
            model(
                    "another matrix",
                    "three/wide",
                    "whether the matrix is transposed, permuted, or another layer's",
                    model -> Surgery.weight(model, "three/wide", MadeUpFamilyTest::reversed)));

    private static final List<Planted> STREAM = List.of(
            blocks(
                    "in parallel instead of one after the other",
                    "three/size-b",
                    "three/look is not added to its input",
                    old -> old instanceof Block.Sequential
                            ? new Block.Parallel(old.name(), old.ln1(), old.attn(), old.ln2(), old.mlp())
                            : old),
            blocks(
                    "one after the other instead of in parallel",
                    "one/size-b",
                    "one/look is added to its input, should not be: in a parallel block",
                    old -> old instanceof Block.Parallel
                            ? new Block.Sequential(old.name(), old.ln1(), old.attn(), old.ln2(), old.mlp())
                            : old),
            zoo("the blocks in reverse order", "three/size-a", "its input is entry/size: blocks in another order"),
            block("three", "three/narrow", -1, "three/narrow is not added"),
            block("three", "three/look", 1, "three/look is added 2 times"),
            block("two", "two/size-d", -1, "two/size-d is not added"),
            block("two", "two/think", 1, "two/think is added, but should not be"),
            block("one", "entry/size", -1, "entry/size is not added"),
            model(
                    "no soft cap of the logits",
                    "logits",
                    "the soft cap of 4 is missing",
                    model -> Surgery.each(model, Head.class, old -> new Head(old.name(), old.weight()))));

    @TestFactory
    Stream<DynamicTest> theDiagnosisNamesEveryBug() {
        return Stream.of(EMBEDDINGS, NORMS, ATTENTION, MLPS, STREAM)
                .flatMap(List::stream)
                .map(bug -> DynamicTest.dynamicTest(bug.what + " at " + bug.tap, () -> {
                    Finding finding = Finding.of(bug.plant.into(MODEL), MAP, REFERENCE);

                    assertThat(finding.tap()).as("%s", finding.clues()).isEqualTo(bug.tap);
                    assertThat(finding.clues())
                            .anySatisfy(clue -> assertThat(clue).contains(bug.clue));
                }));
    }

    @Test
    void theCorrectModelPasses() {
        assertThat(Finding.of(Plant.NOTHING.into(MODEL), MAP, REFERENCE).passes())
                .isTrue();
    }

    /** A bug of the zoo that does not depend on the names of modules. */
    private static Planted zoo(String what, String tap, String clue) {
        ForwardBug found = ForwardZooTest.all()
                .filter(bug -> (bug.id() + ": " + bug.what()).endsWith(what))
                .findFirst()
                .orElseThrow(() -> new AssertionError("the zoo has no bug: " + what));
        return new Planted(what, found.plant(), tap, clue);
    }

    private static Planted model(String what, String tap, String clue, UnaryOperator<Transformer> change) {
        return new Planted(what, Plant.model(change), tap, clue);
    }

    private static Planted rotary(String what, String clue, UnaryOperator<Rotary> change) {
        return model(what, "compass", clue, model -> Surgery.each(model, Rotary.class, change));
    }

    private static Rotary withTheta(Rotary old, double theta) {
        int pairs = old.frequencies().size();
        List<Double> frequencies = IntStream.range(0, pairs)
                .mapToObj(i -> Math.pow(theta, -(double) i / pairs))
                .toList();
        return new Rotary(old.name(), old.headSize(), old.layout(), frequencies, old.factor());
    }

    private static Rotary withFactor(Rotary old, double onFrequencies, double onCosines) {
        List<Double> frequencies =
                old.frequencies().stream().map(f -> f * onFrequencies).toList();
        return new Rotary(old.name(), old.headSize(), old.layout(), frequencies, onCosines);
    }

    private static Planted norm(String what, String name, String clue, UnaryOperator<RmsNorm> change) {
        return model(
                what,
                name,
                clue,
                model -> Surgery.each(model, RmsNorm.class, old -> old.name().equals(name) ? change.apply(old) : old));
    }

    private static Planted epsilon(String name) {
        return norm(
                "epsilon",
                name,
                "its epsilon is 5e-2, should be 3e-3",
                old -> new RmsNorm(name, old.gain(), old.gainOffset(), 5e-2));
    }

    private static float[] ones(int count) {
        float[] ones = new float[count];
        Arrays.fill(ones, 1);
        return ones;
    }

    /** Rotates queries and keys with another layout, or in the opposite direction. */
    private static Planted rotated(String what, String clue, RotaryLayout layout, float sign) {
        Plant plant = Plant.kernels(new BuggedKernels() {
            @Override
            public Tensor rotate(Tensor x, Tensor angles, int headSize, RotaryLayout old) {
                Tensor table = Tensor.zeros(angles.shape());
                for (int i = 0; i < table.size(); i++) {
                    boolean sine = i % table.size(-1) >= table.size(-1) / 2;
                    table.data()[i] = sine ? sign * angles.data()[i] : angles.data()[i];
                }
                return super.rotate(x, table, headSize, layout);
            }
        });
        return new Planted(what, plant, "one/look.q", clue);
    }

    private static Plant valuesAsKeys(String attention) {
        return Plant.tap((name, value, before) -> name.equals(attention + ".k")
                ? new ScalarKernels()
                        .rotate(
                                before.get(attention + "/give"),
                                before.get("compass"),
                                MODEL.shape().headSize(),
                                MODEL.rotaries().of(0).layout())
                : value);
    }

    private static BuggedKernels unmasked() {
        return new BuggedKernels() {
            @Override
            public Tensor scores(Tensor q, KeyValuePages cache, Scoring scoring) {
                Tensor scores = super.scores(q, cache, scoring);
                for (int i = 0; i < scores.size(); i++) {
                    scores.data()[i] = Float.isInfinite(scores.data()[i]) ? 0 : scores.data()[i];
                }
                return scores;
            }
        };
    }

    private static Planted scoring(String what, int layer, String clue, UnaryOperator<Scoring> change) {
        String tap = MAP.blocks().get(layer).block().attn().scoresTap();
        return model(what, tap, clue, model -> Surgery.scoring(model, layer, change));
    }

    private static Mlp.Gated swapped(Mlp.Gated old) {
        return new Mlp.Gated(old.name(), old.up(), old.activation(), old.gate(), old.down());
    }

    private static Matrix reversed(Matrix matrix) {
        Tensor rows = Surgery.rows(matrix);
        Tensor reversed = Tensor.zeros(rows.shape());
        for (int i = 0; i < rows.size(); i++) {
            reversed.data()[i] = rows.data()[rows.size() - 1 - i];
        }
        return Matrix.ofInputRows(reversed);
    }

    private static Planted blocks(String what, String tap, String clue, UnaryOperator<Block> change) {
        return model(what, tap, clue, model -> Surgery.each(model, Block.class, change));
    }

    /** Adds a term of a block's sum once more, or subtracts it. */
    private static Planted block(String block, String term, int times, String clue) {
        Plant plant = Plant.tap((name, value, before) -> name.equals(block)
                ? new ScalarKernels().add(value, new ScalarKernels().scale(before.get(term), times))
                : value);
        return new Planted(term + " " + times + " times more", plant, block, clue);
    }

    private static Reference reference() {
        int[] ids = IntStream.range(0, 24)
                .map(i -> (i * 7 + 3) % MODEL.shape().vocabulary())
                .toArray();
        Map<String, Tensor> taps = new LinkedHashMap<>();
        MODEL.forward(ids, new ScalarKernels(), taps::put);
        return new Reference() {
            @Override
            public int[] ids() {
                return ids.clone();
            }

            @Override
            public List<String> taps() {
                return List.copyOf(taps.keySet());
            }

            @Override
            public int[] shape(String tap) {
                return taps.get(tap).shape();
            }

            @Override
            public double[] float64(String tap) {
                float[] values = float32(tap);
                return IntStream.range(0, values.length)
                        .mapToDouble(i -> values[i])
                        .toArray();
            }

            @Override
            public float[] float32(String tap) {
                return taps.get(tap).data();
            }
        };
    }
}
