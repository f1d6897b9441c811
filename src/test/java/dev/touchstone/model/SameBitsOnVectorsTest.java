package dev.touchstone.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.kernels.Kernels;
import dev.touchstone.kernels.LoopCounts;
import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.kernels.VectorKernels;
import dev.touchstone.kernels.VectorUse;
import dev.touchstone.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;

/** The logits of vector kernels have the same bits as those of scalar kernels, also in chunks, batches and traces. */
class SameBitsOnVectorsTest {
    private static final LoopCounts COUNTS = new LoopCounts();
    private static final List<VectorKernels> VECTOR = Stream.of(1, 2, 5)
            .map(threads -> COUNTS.open(threads, VectorUse.ALWAYS))
            .toList();

    /** A model, a prompt, and the logits that the scalar kernels compute in one pass. */
    record Case(Transformer model, int[] ids, Tensor logits) {}

    @AfterContainer
    static void closeAndCount() {
        VECTOR.forEach(VectorKernels::close);
        COUNTS.assertOnlyVector();
    }

    @Provide
    Arbitrary<VectorKernels> vector() {
        return Arbitraries.of(VECTOR);
    }

    @Provide
    Arbitrary<Case> cases() {
        Arbitrary<Integer> heads = Arbitraries.of(1, 3);
        Arbitrary<Integer> headSizes = Arbitraries.of(5, 12, 33, 70);
        Arbitrary<Integer> lengths = Arbitraries.integers().between(1, 75);
        Arbitrary<Integer> hidden = Arbitraries.of(1, 60, 200);
        return Combinators.combine(heads, headSizes, lengths, hidden, Arbitraries.longs())
                .as((h, d, length, inner, seed) -> {
                    Transformer model = RandomModel.of(new Transformer.Shape(2, h, d, h * d, 128, 67), inner, seed);
                    int[] ids = new Random(seed).ints(length, 0, 67).toArray();
                    return new Case(model, ids, model.forward(ids, new ScalarKernels(), Trace.OFF));
                });
    }

    @Property(tries = 25, shrinking = ShrinkingMode.OFF)
    void inOnePass(@ForAll("vector") Kernels kernels, @ForAll("cases") Case given) {
        assertSame(given.model.forward(given.ids, kernels, Trace.OFF), given.logits);
    }

    @Property(tries = 10, shrinking = ShrinkingMode.OFF)
    void withATrace(@ForAll("vector") Kernels kernels, @ForAll("cases") Case given) {
        Map<String, Tensor> scalar = new LinkedHashMap<>();
        Map<String, Tensor> vector = new LinkedHashMap<>();

        given.model.forward(given.ids, new ScalarKernels(), scalar::put);
        given.model.forward(given.ids, kernels, vector::put);

        assertThat(List.copyOf(vector.keySet())).isEqualTo(List.copyOf(scalar.keySet()));
        scalar.forEach((tap, value) -> assertSame(vector.get(tap), value));
        assertSame(vector.get("logits"), given.logits);
    }

    @Property(tries = 10, shrinking = ShrinkingMode.OFF)
    void tokenByTokenOrInChunks(@ForAll("vector") Kernels kernels, @ForAll("cases") Case given, @ForAll Random random) {
        KvCache cache = given.model.newCache();
        int most = random.nextBoolean() ? 1 : 40;
        for (int from = 0; from < given.ids.length; ) {
            int to = Math.min(given.ids.length, from + 1 + random.nextInt(most));
            int[] chunk = Arrays.copyOfRange(given.ids, from, to);

            Tensor logits = given.model.forward(Batch.of(chunk, cache), kernels, Trace.OFF);

            assertSame(logits, given.logits.rows(from, to));
            from = to;
        }
    }

    @Property(tries = 10, shrinking = ShrinkingMode.OFF)
    void inABatch(@ForAll("vector") Kernels kernels, @ForAll("cases") Case given, @ForAll Random random) {
        int[] other = random.ints(1 + random.nextInt(50), 0, 67).toArray();
        Batch batch = new Batch(List.of(
                new Batch.Sequence(other, given.model.newCache(), 1),
                new Batch.Sequence(given.ids, given.model.newCache(), given.ids.length),
                new Batch.Sequence(other, given.model.newCache(), 1)));

        Tensor logits = given.model.forward(batch, kernels, Trace.OFF);

        assertSame(logits.rows(1, 1 + given.ids.length), given.logits);
    }

    private static void assertSame(Tensor actual, Tensor expected) {
        assertThat(actual.shape()).isEqualTo(expected.shape());
        assertThat(Arrays.equals(actual.data(), expected.data())).isTrue();
    }
}
