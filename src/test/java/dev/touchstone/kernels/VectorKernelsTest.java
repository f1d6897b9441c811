package dev.touchstone.kernels;

import static dev.touchstone.kernels.Hostile.assertSameBits;

import dev.touchstone.tensor.HalfPrecision;
import dev.touchstone.tensor.KeyValuePages;
import dev.touchstone.tensor.KeyValueShape;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Quantization;
import dev.touchstone.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;

/** Each operation gives the same bits as the scalar kernels, for random sizes, values and numbers of threads. */
class VectorKernelsTest {
    private static final Kernels SCALAR = new ScalarKernels();
    private static final LoopCounts COUNTS = new LoopCounts();
    private static final List<VectorKernels> VECTOR = IntStream.of(1, 2, 3, 8)
            .mapToObj(threads -> COUNTS.open(threads, VectorUse.ALWAYS))
            .toList();

    @AfterContainer
    static void closeAndCount() {
        VECTOR.forEach(VectorKernels::close);
        COUNTS.assertOnlyVector();
    }

    @Provide
    Arbitrary<Integer> sizes() {
        return Arbitraries.of(1, 7, 15, 16, 17, 33, 63, 64, 65, 257, 1000);
    }

    @Provide
    Arbitrary<Integer> rows() {
        return Arbitraries.of(1, 2, 5, 6, 7, 12, 71, 72, 73, 150);
    }

    @Provide
    Arbitrary<Integer> heads() {
        return Arbitraries.of(1, 2, 5);
    }

    @Provide
    Arbitrary<Integer> headSizes() {
        return Arbitraries.of(1, 7, 12, 33, 64, 80, 129);
    }

    @Provide
    Arbitrary<Integer> positions() {
        return Arbitraries.of(1, 2, 31, 32, 33, 63, 64, 65, 130, 257);
    }

    @Provide
    Arbitrary<VectorKernels> vector() {
        return Arbitraries.of(VECTOR);
    }

    @Property(tries = 300, shrinking = ShrinkingMode.OFF)
    void linear(
            @ForAll("vector") VectorKernels vector,
            @ForAll("rows") int rows,
            @ForAll("sizes") int inputs,
            @ForAll("sizes") int outputs,
            @ForAll boolean biased,
            @ForAll Hostile values,
            @ForAll Random random) {
        int fewer = (int) Math.min(rows, Math.max(1, 2_000_000L / inputs / outputs));
        Tensor x = values.tensor(random, fewer, inputs);
        Matrix weight = Matrix.ofInputRows(values.tensor(random, inputs, outputs));
        float[] bias = biased ? values.array(random, outputs) : null;

        assertSameBits(vector.linear(x, weight, bias), SCALAR.linear(x, weight, bias));
    }

    @Property(tries = 200, shrinking = ShrinkingMode.OFF)
    void weightsOf16BitsGiveTheBitsOfWidenedWeights(
            @ForAll("vector") VectorKernels vector,
            @ForAll("rows") int rows,
            @ForAll("sizes") int inputs,
            @ForAll("sizes") int outputs,
            @ForAll("halves") Matrix.Type type,
            @ForAll boolean ordinary,
            @ForAll Random random) {
        int fewer = (int) Math.min(rows, Math.max(1, 2_000_000L / inputs / outputs));
        Tensor x = Hostile.ORDINARY.tensor(random, fewer, inputs);
        short[] bits = bits(random, type, ordinary, inputs * outputs);
        Matrix half = Matrix.zeros(type, inputs, outputs);
        half.putInputRows(0, inputs, bits);
        Tensor wide = Tensor.zeros(inputs, outputs);
        for (int i = 0; i < bits.length; i++) {
            wide.data()[i] = type == Matrix.Type.FLOAT16
                    ? HalfPrecision.fromFloat16(bits[i])
                    : HalfPrecision.fromBfloat16(bits[i]);
        }

        Tensor expected = SCALAR.linear(x, Matrix.ofInputRows(wide), null);

        assertSameBits(SCALAR.linear(x, half, null), expected);
        assertSameBits(vector.linear(x, half, null), expected);
    }

    @Property(tries = 400, shrinking = ShrinkingMode.OFF)
    void quantizedWeightsGiveTheBitsOfWidenedWeights(
            @ForAll("vector") VectorKernels vector,
            @ForAll("rows") int rows,
            @ForAll @IntRange(min = 1, max = 5) int blocks,
            @ForAll("sizes") int outputs,
            @ForAll("quantizations") Quantization quantization,
            @ForAll Random random) {
        int inputs = quantization.block() * (quantization.block() == 32 ? blocks : (blocks + 1) / 2);
        int fewer = (int) Math.min(rows, Math.max(1, 2_000_000L / inputs / outputs));
        Tensor x = Hostile.ORDINARY.tensor(random, fewer, inputs);
        QuantizedWeights weights = QuantizedWeights.random(random, quantization, inputs, outputs);
        Tensor expected = SCALAR.linear(x, Matrix.ofOutputRows(weights.wide()), null);

        assertSameBits(SCALAR.linear(x, weights.matrix(), null), expected);
        assertSameBits(vector.linear(x, weights.matrix(), null), expected);
    }

    @Provide
    Arbitrary<Quantization> quantizations() {
        return Arbitraries.of(QuantizedWeights.ALL);
    }

    @Provide
    Arbitrary<Matrix.Type> halves() {
        return Arbitraries.of(Matrix.Type.BFLOAT16, Matrix.Type.FLOAT16);
    }

    /** Random weights, or random bits. */
    private static short[] bits(Random random, Matrix.Type type, boolean ordinary, int count) {
        short[] bits = new short[count];
        for (int i = 0; i < count; i++) {
            float weight = (float) random.nextGaussian() * 0.02f;
            bits[i] = !ordinary
                    ? (short) random.nextInt()
                    : type == Matrix.Type.FLOAT16 ? HalfPrecision.toFloat16(weight) : HalfPrecision.toBfloat16(weight);
        }
        return bits;
    }

    @Property(tries = 200, shrinking = ShrinkingMode.OFF)
    void elementwise(
            @ForAll("vector") VectorKernels vector,
            @ForAll("rows") int rows,
            @ForAll("sizes") int channels,
            @ForAll Activation activation,
            @ForAll Hostile values,
            @ForAll Random random) {
        Tensor a = values.tensor(random, rows, channels);
        Tensor b = values.tensor(random, rows, channels);

        assertSameBits(vector.add(a, b), SCALAR.add(a, b));
        assertSameBits(vector.multiply(a, b), SCALAR.multiply(a, b));
        assertSameBits(vector.scale(a, 1.7f), SCALAR.scale(a, 1.7f));
        assertSameBits(vector.softCap(a, 30), SCALAR.softCap(a, 30));
        assertSameBits(vector.activate(a, activation), SCALAR.activate(a, activation));
    }

    @Property(tries = 200, shrinking = ShrinkingMode.OFF)
    void normsAndSoftmax(
            @ForAll("vector") VectorKernels vector,
            @ForAll("rows") int rows,
            @ForAll("sizes") int channels,
            @ForAll Hostile values,
            @ForAll Random random) {
        Tensor x = values.tensor(random, rows, channels);
        float[] gain = values.array(random, channels);
        float[] bias = values.array(random, channels);

        assertSameBits(vector.layerNorm(x, gain, bias, 1e-5), SCALAR.layerNorm(x, gain, bias, 1e-5));
        assertSameBits(vector.softmax(x), SCALAR.softmax(x));
        assertSameBits(vector.rmsNorm(x, gain, 1, 1e-5), SCALAR.rmsNorm(x, gain, 1, 1e-5));
        float[] shorter = Arrays.copyOf(gain, divisor(channels));
        assertSameBits(vector.rmsNorm(x, shorter, 0, 0), SCALAR.rmsNorm(x, shorter, 0, 0));
    }

    /** The smallest divisor above 1, as the size of a head. */
    private static int divisor(int channels) {
        return IntStream.rangeClosed(2, channels)
                .filter(d -> channels % d == 0)
                .findFirst()
                .orElse(1);
    }

    @Property(tries = 100, shrinking = ShrinkingMode.OFF)
    void rotate(
            @ForAll("vector") VectorKernels vector,
            @ForAll("rows") int rows,
            @ForAll("heads") int heads,
            @ForAll("headSizes") int headSize,
            @ForAll RotaryLayout layout,
            @ForAll Hostile values,
            @ForAll Random random) {
        int rotated = 2 * random.nextInt(headSize / 2 + 1);
        Tensor x = values.tensor(random, rows, heads * headSize);
        Tensor angles = values.tensor(random, rows, 2 * rotated);

        assertSameBits(vector.rotate(x, angles, headSize, layout), SCALAR.rotate(x, angles, headSize, layout));
    }

    /** Attention with the settings of all families: grouped queries, windows, soft caps and slopes. */
    @Property(tries = 500, shrinking = ShrinkingMode.OFF)
    void attention(
            @ForAll("vector") VectorKernels vector,
            @ForAll("heads") int heads,
            @ForAll @IntRange(min = 1, max = 3) int sharing,
            @ForAll("headSizes") int headSize,
            @ForAll("positions") int positions,
            @ForAll("rows") int queries,
            @ForAll("scorings") Settings settings,
            @ForAll Hostile values,
            @ForAll Random random) {
        int rows = Math.min(queries, positions);
        Scoring scoring = settings.of(heads * sharing, random);
        KeyValuePages cache = cache(heads, headSize, positions, scoring, rows, values, random);
        Tensor q = values.tensor(random, rows, heads * sharing * headSize);
        Tensor scores = SCALAR.scores(q, cache, scoring);
        Tensor probs = SCALAR.softmax(scores);

        assertSameBits(vector.scores(q, cache, scoring), scores);
        assertSameBits(vector.weightedSum(probs, cache, scoring), SCALAR.weightedSum(probs, cache, scoring));
        assertSameBits(vector.attend(q, cache, scoring), SCALAR.attend(q, cache, scoring));
    }

    /** The settings of a scoring, which is created for a number of heads. */
    record Settings(float cap, int window, boolean sloping) {
        Scoring of(int heads, Random random) {
            List<Double> slopes = random.doubles(sloping ? heads : 0).boxed().toList();
            return new Scoring(0.37f, cap, window, slopes);
        }
    }

    @Provide
    Arbitrary<Settings> scorings() {
        Arbitrary<Float> caps = Arbitraries.of(0f, 0f, 0f, 50f, 1e-3f);
        Arbitrary<Integer> windows =
                Arbitraries.of(Scoring.UNLIMITED, Scoring.UNLIMITED, 1, 2, 31, 32, 33, 63, 64, 65, 66, 100);
        return Combinators.combine(caps, windows, Arbitraries.of(true, false)).as(Settings::new);
    }

    /** A cache with truncated positions, which keep their numbers, and with evicted pages. */
    private static KeyValuePages cache(
            int heads, int headSize, int positions, Scoring scoring, int queries, Hostile values, Random random) {
        KeyValuePages cache = new KeyValuePages(new KeyValueShape(heads, headSize), scoring.window());
        Tensor k = values.tensor(random, positions + 3, heads * headSize);
        Tensor v = values.tensor(random, positions + 3, heads * headSize);
        cache.append(k, v, 0, positions - queries);
        cache.evict();
        cache.append(k, v, positions - queries, positions + 3);
        cache.truncate(positions);
        return cache;
    }

    @Property(tries = 50, shrinking = ShrinkingMode.OFF)
    void embed(@ForAll("vector") VectorKernels vector, @ForAll("sizes") int channels, @ForAll Random random) {
        Matrix table = Matrix.ofOutputRows(Hostile.SPECIAL.tensor(random, 65, channels));
        int[] ids = random.ints(20, 0, 65).toArray();

        assertSameBits(vector.embed(ids, table), SCALAR.embed(ids, table));
    }

    @Property(tries = 50, shrinking = ShrinkingMode.OFF)
    void aRowDoesNotDependOnTheOthers(
            @ForAll("vector") VectorKernels vector,
            @ForAll("rows") int rows,
            @ForAll("sizes") int inputs,
            @ForAll Hostile values,
            @ForAll Random random) {
        Tensor x = values.tensor(random, rows, inputs);
        Matrix weight = Matrix.ofInputRows(values.tensor(random, inputs, 100));
        int cut = random.nextInt(rows + 1);

        Tensor whole = vector.linear(x, weight, null);

        assertSameBits(vector.linear(x.rows(0, cut), weight, null), whole.rows(0, cut));
        assertSameBits(vector.linear(x.rows(cut, rows), weight, null), whole.rows(cut, rows));
        int[] backwards = IntStream.range(0, rows).map(i -> rows - 1 - i).toArray();
        assertSameBits(vector.linear(x.rows(backwards), weight, null), whole.rows(backwards));
        assertSameBits(whole, vector.linear(Tensor.of(Arrays.copyOf(x.data(), x.size()), rows, inputs), weight, null));
    }
}
