package dev.touchstone.kernels;

import static dev.touchstone.kernels.Hostile.assertSameBits;

import dev.touchstone.tensor.HalfPrecision;
import dev.touchstone.tensor.KeyValuePages;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;

/** Every operation has the bits of its definition, whatever the sizes, the values and the number of threads. */
class VectorKernelsTest {
    private static final Kernels SCALAR = new ScalarKernels();
    private static final List<VectorKernels> VECTOR =
            IntStream.of(1, 2, 3, 8).mapToObj(VectorKernels::new).toList();

    @AfterContainer
    static void closeThePools() {
        VECTOR.forEach(VectorKernels::close);
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
    void weightsOf16BitsHaveTheBitsOfTheWidenedOnes(
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

    @Provide
    Arbitrary<Matrix.Type> halves() {
        return Arbitraries.of(Matrix.Type.BFLOAT16, Matrix.Type.FLOAT16);
    }

    /** Ordinary weights, or any of the 65,536 there are. */
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
        assertSameBits(vector.activate(a, activation), SCALAR.activate(a, activation));
    }

    @Property(tries = 200, shrinking = ShrinkingMode.OFF)
    void alongARow(
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
    }

    @Property(tries = 300, shrinking = ShrinkingMode.OFF)
    void attention(
            @ForAll("vector") VectorKernels vector,
            @ForAll("heads") int heads,
            @ForAll("headSizes") int headSize,
            @ForAll("positions") int positions,
            @ForAll("rows") int queries,
            @ForAll Hostile values,
            @ForAll Random random) {
        int rows = Math.min(queries, positions);
        KeyValuePages cache = cache(heads, headSize, positions, values, random);
        Tensor q = values.tensor(random, rows, heads * headSize);
        Tensor scores = SCALAR.scores(q, cache, 0.37f);
        Tensor probs = SCALAR.softmax(scores);

        assertSameBits(vector.scores(q, cache, 0.37f), scores);
        assertSameBits(vector.mix(probs, cache), SCALAR.mix(probs, cache));
        assertSameBits(vector.attend(q, cache, 0.37f), SCALAR.attend(q, cache, 0.37f));
    }

    /** What stood at positions that were cut off must not show. */
    private static KeyValuePages cache(int heads, int headSize, int positions, Hostile values, Random random) {
        KeyValuePages cache = new KeyValuePages(heads, headSize);
        Tensor k = values.tensor(random, positions + 3, heads * headSize);
        Tensor v = values.tensor(random, positions + 3, heads * headSize);
        cache.append(k, v, 0, positions / 2);
        cache.append(k, v, positions / 2, positions + 3);
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
