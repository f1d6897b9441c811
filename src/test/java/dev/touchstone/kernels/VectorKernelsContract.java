package dev.touchstone.kernels;

import static dev.touchstone.kernels.Hostile.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.tensor.HalfPrecision;
import dev.touchstone.tensor.KeyValuePages;
import dev.touchstone.tensor.KeyValueShape;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Quantization;
import dev.touchstone.tensor.QuantizedPanels;
import dev.touchstone.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The results of the vector kernels have the same bits as those of the scalar kernels, for each {@link VectorUse}. The sizes are
 * small, and around the sizes of a vector, a block, a panel, a page, a tile and a group of tiles, so that the tests are fast
 * enough for mutation testing. {@link VectorKernelsTest} generates random sizes.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class VectorKernelsContract {
    private static final Kernels SCALAR = new ScalarKernels();

    private final LoopCounts counts = new LoopCounts();
    private final List<VectorKernels> vectors;

    VectorKernelsContract(VectorUse use) {
        vectors = List.of(counts.open(1, use), counts.open(3, use));
    }

    /** Fails unless the kind of loops ran that the subclass tests. */
    abstract void assertLoops(LoopCounts counts);

    @AfterAll
    void closeAndCount() {
        vectors.forEach(VectorKernels::close);
        assertLoops(counts);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, 1",
        "1, 31, 63",
        "1, 33, 65",
        "1, 70, 130",
        "2, 7, 64",
        "6, 32, 64",
        "7, 33, 65",
        "12, 65, 17",
        "73, 33, 65",
        "150, 9, 3"
    })
    void linear(int rows, int inputs, int outputs) {
        Random random = new Random(1);
        for (Hostile values : List.of(Hostile.ORDINARY, Hostile.SPECIAL)) {
            Tensor x = values.tensor(random, rows, inputs);
            Matrix weight = Matrix.ofInputRows(values.tensor(random, inputs, outputs));
            float[] bias = values.array(random, outputs);

            for (Kernels vector : vectors) {
                assertSameBits(vector.linear(x, weight, bias), SCALAR.linear(x, weight, bias));
                assertSameBits(vector.linear(x, weight, null), SCALAR.linear(x, weight, null));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, 33, 65, BFLOAT16", "7, 33, 65, BFLOAT16", "73, 34, 3, BFLOAT16",
        "1, 33, 65, FLOAT16", "7, 33, 65, FLOAT16", "73, 34, 3, FLOAT16"
    })
    void linearWithWeightsOf16Bits(int rows, int inputs, int outputs, Matrix.Type type) {
        Random random = new Random(1);
        Tensor x = Hostile.ORDINARY.tensor(random, rows, inputs);
        short[] bits = new short[inputs * outputs];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = HalfPrecision.toFloat16((float) random.nextGaussian());
        }
        Matrix weight = Matrix.zeros(type, inputs, outputs);
        weight.putInputRows(0, inputs, bits);

        for (Kernels vector : vectors) {
            assertSameBits(vector.linear(x, weight, null), SCALAR.linear(x, weight, null));
        }
    }

    /** One row, and several; the last panel is not full, nor the last chunk of inputs if a block is shorter. */
    @ParameterizedTest
    @MethodSource("quantizations")
    void linearWithQuantizedWeights(Quantization quantization) {
        Random random = new Random(1);
        int inputs = 2 * QuantizedPanels.CHUNK + quantization.block();
        QuantizedWeights weights = QuantizedWeights.random(random, quantization, inputs, 130);
        for (int rows : new int[] {1, 2, 13, 73}) {
            Tensor x = Hostile.ORDINARY.tensor(random, rows, inputs);
            Tensor expected = SCALAR.linear(x, Matrix.ofOutputRows(weights.wide()), null);

            assertSameBits(SCALAR.linear(x, weights.matrix(), null), expected);
            for (Kernels vector : vectors) {
                assertSameBits(vector.linear(x, weights.matrix(), null), expected);
            }
        }
    }

    static List<Quantization> quantizations() {
        return QuantizedWeights.ALL;
    }

    /** The largest size is divided among threads. */
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 16, 17, 33_001})
    void sumsAndProductsOfElements(int n) {
        Random random = new Random(1);
        Tensor a = Hostile.SPECIAL.tensor(random, 1, n);
        Tensor b = Hostile.SPECIAL.tensor(random, 1, n);

        for (Kernels vector : vectors) {
            assertSameBits(vector.add(a, b), SCALAR.add(a, b));
            assertSameBits(vector.multiply(a, b), SCALAR.multiply(a, b));
            assertSameBits(vector.scale(a, 1.7f), SCALAR.scale(a, 1.7f));
        }
    }

    /** Sizes below and above the size of a vector and {@link VectorMath#STRETCH}. */
    @ParameterizedTest
    @MethodSource("functions")
    void functionsOfElements(int n, Activation activation) {
        Tensor x = Tensor.zeros(1, n);
        Random random = new Random(1);
        for (int i = 0; i < n; i++) {
            x.data()[i] = i % 2 == 0 ? 4 * Hostile.ORDINARY.value(random) : Hostile.SPECIAL.value(random);
        }

        for (Kernels vector : vectors) {
            assertSameBits(vector.activate(x, activation), SCALAR.activate(x, activation));
            assertSameBits(vector.softCap(x, 3), SCALAR.softCap(x, 3));
            assertSameBits(vector.clamp(x, -0.5f, 1), SCALAR.clamp(x, -0.5f, 1));
        }
    }

    Stream<Arguments> functions() {
        return IntStream.of(1, 7, 17, 550, 2_100)
                .boxed()
                .flatMap(n -> Arrays.stream(Activation.values()).map(activation -> Arguments.of(n, activation)));
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "3, 7", "2, 15", "2, 16", "3, 17", "2, 33", "1, 49", "9, 600", "1, 1100", "3000, 7"})
    void norms(int rows, int channels) {
        Random random = new Random(1);
        for (Hostile values : List.of(Hostile.ORDINARY, Hostile.SPECIAL)) {
            Tensor x = values.tensor(random, rows, channels);
            float[] gain = values.array(random, channels);
            float[] bias = values.array(random, channels);

            for (Kernels vector : vectors) {
                assertSameBits(vector.layerNorm(x, gain, bias, 1e-5), SCALAR.layerNorm(x, gain, bias, 1e-5));
                assertSameBits(vector.layerNorm(x, null, null, 1e-5), SCALAR.layerNorm(x, null, null, 1e-5));
                assertSameBits(vector.layerNorm(x, gain, null, 1e-5), SCALAR.layerNorm(x, gain, null, 1e-5));
                assertSameBits(vector.rmsNorm(x, gain, 1, 1e-5), SCALAR.rmsNorm(x, gain, 1, 1e-5));
            }
        }
    }

    @Test
    void layerNormOfHeadsWithGainsOfTheirOwn() {
        Random random = new Random(1);
        Tensor x = Hostile.ORDINARY.tensor(random, 30 * 5, 17);
        float[] gain = Hostile.ORDINARY.array(random, 5 * 17);
        float[] bias = Hostile.ORDINARY.array(random, 5 * 17);

        for (Kernels vector : vectors) {
            assertSameBits(vector.layerNorm(x, gain, bias, 1e-5), SCALAR.layerNorm(x, gain, bias, 1e-5));
        }
    }

    @Test
    void rmsNormOfHeads() {
        Random random = new Random(1);
        Tensor x = Hostile.ORDINARY.tensor(random, 30, 24 * 17);
        float[] gain = Hostile.ORDINARY.array(random, 17);

        for (Kernels vector : vectors) {
            assertSameBits(vector.rmsNorm(x, gain, 0, 0), SCALAR.rmsNorm(x, gain, 0, 0));
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "3, 7", "2, 15", "2, 16", "3, 17", "2, 33", "1, 49", "5, 550", "1, 1100"})
    void softmax(int rows, int positions) {
        Random random = new Random(1);
        for (Hostile values : List.of(Hostile.ORDINARY, Hostile.SPECIAL, Hostile.FINITE)) {
            Tensor x = values.tensor(random, rows, positions);

            for (Kernels vector : vectors) {
                assertSameBits(vector.softmax(x), SCALAR.softmax(x));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(RotaryLayout.class)
    void rotate(RotaryLayout layout) {
        Random random = new Random(1);
        for (int rows : new int[] {1, 40}) {
            Tensor x = Hostile.ORDINARY.tensor(random, rows, 4 * 130);
            Tensor angles = Hostile.ORDINARY.tensor(random, rows, 2 * 96);

            for (Kernels vector : vectors) {
                assertSameBits(vector.rotate(x, angles, 130, layout), SCALAR.rotate(x, angles, 130, layout));
            }
        }
    }

    @Test
    void embed() {
        Random random = new Random(1);
        Matrix table = Matrix.ofOutputRows(Hostile.ORDINARY.tensor(random, 65, 257));
        for (int tokens : new int[] {1, 300}) {
            int[] ids = random.ints(tokens, 0, 65).toArray();

            for (Kernels vector : vectors) {
                assertSameBits(vector.embed(ids, table), SCALAR.embed(ids, table));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 2304, 768, 768, 2304", "70, 198, 132, 66, 198", "300, 390, 65, 65, 195", "300, 12, 0, 4, 12"})
    void columns(int rows, int channels, int from, int width, int step) {
        Tensor x = Hostile.ORDINARY.tensor(new Random(1), rows, channels);

        for (Kernels vector : vectors) {
            assertSameBits(vector.columns(x, from, width, step), SCALAR.columns(x, from, width, step));
        }
    }

    /** Appends within a page, up to its end, and across pages. */
    @ParameterizedTest
    @CsvSource({"1, 64, 0, 1", "3, 20, 63, 1", "12, 64, 5, 300", "2, 130, 64, 64", "5, 33, 60, 140"})
    void append(int heads, int headSize, int before, int count) {
        Random random = new Random(1);
        Tensor k = Hostile.ORDINARY.tensor(random, before + count + 2, heads * headSize);
        Tensor v = Hostile.ORDINARY.tensor(random, before + count + 2, heads * headSize);

        for (Kernels vector : vectors) {
            KeyValuePages cache = new KeyValuePages(new KeyValueShape(heads, headSize));
            vector.append(k, v, 1, before + 1, cache);
            vector.append(k, v, before + 1, before + count + 1, cache);

            assertThat(cache.length()).isEqualTo(before + count);
            for (int s = 0; s < before + count; s++) {
                for (int c = 0; c < heads * headSize; c++) {
                    assertThat(cache.key(c / headSize, c % headSize, s)).isEqualTo(k.at(s + 1, c));
                    assertThat(cache.value(c / headSize, s, c % headSize)).isEqualTo(v.at(s + 1, c));
                }
            }
        }
    }

    /** Grouped queries, soft caps, windows and slopes; heads smaller and larger than a panel; fewer and more queries than a tile. */
    @ParameterizedTest
    @CsvSource({
        "1, 1, 1, 1, 1, 0, 0, false",
        "2, 1, 7, 2, 2, 0, 0, false",
        "2, 2, 33, 65, 1, 50, 0, true",
        "1, 3, 64, 33, 7, 0, 0, false",
        "2, 1, 80, 130, 13, 0, 0, true",
        "2, 2, 64, 64, 6, 0.001, 0, false",
        "1, 1, 129, 66, 6, 0, 33, true",
        "1, 2, 64, 257, 7, 0, 32, false",
        "1, 2, 64, 257, 1, 0, 65, false",
        "1, 1, 64, 161, 13, 30, 100, false",
        "1, 1, 64, 96, 12, 0, 1, false",
        "1, 1, 64, 128, 32, 0, 64, false",
        "1, 1, 64, 97, 66, 0, 31, true",
        "1, 1, 12, 140, 8, 0, 66, false",
        "1, 1, 1, 1100, 1, 0, 50, false",
        "1, 1, 64, 128, 1, 0, 0, false",
        "1, 1, 64, 128, 7, 0, 0, false",
        "6, 2, 64, 40, 7, 0, 0, false",
    })
    void attention(
            int heads, int sharing, int headSize, int positions, int queries, float cap, int window, boolean sloping) {
        Random random = new Random(1);
        List<Double> slopes = DoubleStream.generate(random::nextDouble)
                .limit(sloping ? heads * sharing : 0)
                .boxed()
                .toList();
        Scoring scoring = new Scoring(0.37f, cap, window == 0 ? Scoring.UNLIMITED : window, slopes);
        KeyValuePages cache = cache(heads, headSize, positions, scoring.window(), queries, random);
        Tensor q = Hostile.ORDINARY.tensor(random, queries, heads * sharing * headSize);
        Tensor probs = Hostile.ORDINARY.tensor(random, heads * sharing, queries, positions); // masked positions too

        for (Kernels vector : vectors) {
            assertSameAttention(vector, q, probs, cache, scoring);
            if (window > 0) {
                assertSameAttention(vector, q, probs, cache, scoring.withChunks(window));
            }
        }
    }

    /** Values that are smaller or larger than keys, as in latent attention. */
    @ParameterizedTest
    @CsvSource({"3, 11, 7, 40, 9", "2, 7, 66, 130, 1", "1, 192, 128, 70, 70", "2, 64, 1, 257, 13", "1, 1, 200, 33, 6"})
    void valuesOfAnotherSize(int heads, int keySize, int valueSize, int positions, int queries) {
        Random random = new Random(1);
        Tensor k = Hostile.ORDINARY.tensor(random, positions, heads * keySize);
        Tensor v = Hostile.ORDINARY.tensor(random, positions, heads * valueSize);
        Tensor q = Hostile.ORDINARY.tensor(random, queries, heads * keySize);
        Scoring scoring = new Scoring(0.37f);
        KeyValuePages scalar = new KeyValuePages(new KeyValueShape(heads, keySize, valueSize));
        scalar.append(k, v, 0, positions);

        for (Kernels vector : vectors) {
            KeyValuePages cache = new KeyValuePages(new KeyValueShape(heads, keySize, valueSize));
            vector.append(k, v, 0, positions, cache);
            Tensor scores = SCALAR.scores(q, scalar, scoring);

            assertThat(cache.keys(0, positions).data()).isEqualTo(k.data());
            assertThat(cache.values(0, positions).data()).isEqualTo(v.data());
            assertSameBits(vector.scores(q, cache, scoring), scores);
            assertSameBits(vector.weightedSum(scores, cache, scoring), SCALAR.weightedSum(scores, scalar, scoring));
            assertSameBits(vector.attend(q, cache, scoring), SCALAR.attend(q, scalar, scoring));
        }
    }

    private static void assertSameAttention(
            Kernels vector, Tensor q, Tensor probs, KeyValuePages cache, Scoring scoring) {
        assertSameBits(vector.scores(q, cache, scoring), SCALAR.scores(q, cache, scoring));
        assertSameBits(vector.weightedSum(probs, cache, scoring), SCALAR.weightedSum(probs, cache, scoring));
        assertSameBits(vector.attend(q, cache, scoring), SCALAR.attend(q, cache, scoring));
    }

    /** A cache with truncated positions, whose data remains in the arrays, and with evicted pages. */
    private static KeyValuePages cache(int heads, int headSize, int positions, int window, int queries, Random random) {
        KeyValuePages cache = new KeyValuePages(new KeyValueShape(heads, headSize), window);
        Tensor k = Hostile.ORDINARY.tensor(random, positions + 3, heads * headSize);
        Tensor v = Hostile.ORDINARY.tensor(random, positions + 3, heads * headSize);
        cache.append(k, v, 0, positions - queries);
        cache.evict();
        cache.append(k, v, positions - queries, positions + 3);
        cache.truncate(positions);
        return cache;
    }

    /** Operations overwrite all elements of a reused array. */
    @Test
    void reusedArraysDoNotChangeTheBits() {
        Random random = new Random(1);
        int T = 70;
        int C = 66;
        Tensor x = Hostile.ORDINARY.tensor(random, T, C);
        Tensor angles = Hostile.ORDINARY.tensor(random, T, 2 * 8);
        Matrix weight = Matrix.ofInputRows(Hostile.ORDINARY.tensor(random, C, C));
        float[] gain = Hostile.ORDINARY.array(random, C);
        Tensor notNumbers = Tensor.zeros(T + 5, C);
        Arrays.fill(notNumbers.data(), Float.NaN);
        KeyValuePages cache = new KeyValuePages(new KeyValueShape(2, C / 2));
        cache.append(x, x, 0, T);
        Scoring scoring = new Scoring(0.37f).withWindow(33);
        List<Operation> operations = List.of(
                kernels -> kernels.add(x, x),
                kernels -> kernels.multiply(x, x),
                kernels -> kernels.scale(x, 3),
                kernels -> kernels.softCap(x, 3),
                kernels -> kernels.activate(x, Activation.SILU),
                kernels -> kernels.rotate(x, angles, C / 2, RotaryLayout.HALF_SPLIT),
                kernels -> kernels.columns(x, 1, 63, 66),
                kernels -> kernels.layerNorm(x, gain, gain, 1e-5),
                kernels -> kernels.rmsNorm(x, gain, 1, 1e-5),
                kernels -> kernels.linear(x, weight, null),
                kernels -> kernels.scores(x, cache, scoring),
                kernels -> kernels.softmax(x),
                kernels -> kernels.weightedSum(kernels.softmax(kernels.scores(x, cache, scoring)), cache, scoring),
                kernels -> kernels.attend(x, cache, scoring));
        for (int i = 0; i < operations.size(); i++) {
            Operation operation = operations.get(i);
            Kernels blocks = vectors.get(0).forBlocks(new Workspace(false));
            Tensor first = operation.with(blocks);
            Arrays.fill(first.data(), Float.NaN);
            blocks.linear(notNumbers, weight, null);
            blocks.blockIsDone();
            blocks.blockIsDone();

            Tensor again = operation.with(blocks);

            assertThat(again.data()).as("operation %d", i).isSameAs(first.data());
            assertSameBits(again, operation.with(SCALAR));
        }
    }

    private interface Operation {
        Tensor with(Kernels kernels);
    }

    @Test
    void withoutBlocksEveryTensorHasItsOwnArray() {
        VectorKernels vector = vectors.get(0);
        Tensor x = Tensor.zeros(70, 66);
        Tensor first = vector.scale(x, 2);
        vector.blockIsDone();
        vector.blockIsDone();

        assertThat(vector.scale(x, 2).data()).isNotSameAs(first.data());
        assertThat(SCALAR.forBlocks()).isSameAs(SCALAR);
    }
}
