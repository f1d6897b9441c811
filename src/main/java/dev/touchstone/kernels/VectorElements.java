package dev.touchstone.kernels;

import dev.touchstone.tensor.Tensor;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** What happens to each element by itself, for the elements {@code from} until {@code to}. */
final class VectorElements {
    private static final VectorSpecies<Float> SPECIES = VectorTiles.SPECIES;

    private VectorElements() {}

    static void add(Tensor a, Tensor b, Tensor y, int from, int to) {
        add(a.data(), from, b.data(), from, y.data(), from, to - from);
    }

    /** {@code y = a + b}, {@code n} elements. */
    static void add(float[] a, int aAt, float[] b, int bAt, float[] y, int yAt, int n) {
        int end = end(VectorPart.ELEMENTS, 0, n);
        for (int i = 0; i < end; i += SPECIES.length()) {
            FloatVector.fromArray(SPECIES, a, aAt + i)
                    .add(FloatVector.fromArray(SPECIES, b, bAt + i))
                    .intoArray(y, yAt + i);
        }
        for (int i = end; i < n; i++) {
            y[yAt + i] = a[aAt + i] + b[bAt + i];
        }
    }

    /** {@code y += factor x}, each in one rounding, {@code n} elements. */
    static void addScaled(float factor, float[] x, int xAt, float[] y, int yAt, int n) {
        int end = end(VectorPart.ELEMENTS, 0, n);
        for (int i = 0; i < end; i += SPECIES.length()) {
            FloatVector.broadcast(SPECIES, factor)
                    .fma(FloatVector.fromArray(SPECIES, x, xAt + i), FloatVector.fromArray(SPECIES, y, yAt + i))
                    .intoArray(y, yAt + i);
        }
        for (int i = end; i < n; i++) {
            y[yAt + i] = Math.fma(factor, x[xAt + i], y[yAt + i]);
        }
    }

    static void multiply(Tensor a, Tensor b, Tensor y, int from, int to) {
        int end = end(VectorPart.ELEMENTS, from, to);
        for (int i = from; i < end; i += SPECIES.length()) {
            FloatVector.fromArray(SPECIES, a.data(), i)
                    .mul(FloatVector.fromArray(SPECIES, b.data(), i))
                    .intoArray(y.data(), i);
        }
        for (int i = end; i < to; i++) {
            y.data()[i] = a.data()[i] * b.data()[i];
        }
    }

    static void scale(Tensor x, float factor, Tensor y, int from, int to) {
        scale(x.data(), from, factor, y.data(), from, to - from);
    }

    /** {@code y = factor x}, {@code n} elements. */
    static void scale(float[] x, int xAt, float factor, float[] y, int yAt, int n) {
        int end = end(VectorPart.ELEMENTS, 0, n);
        for (int i = 0; i < end; i += SPECIES.length()) {
            FloatVector.fromArray(SPECIES, x, xAt + i).mul(factor).intoArray(y, yAt + i);
        }
        for (int i = end; i < n; i++) {
            y[yAt + i] = x[xAt + i] * factor;
        }
    }

    static void softCap(float[] x, float cap, float[] y, int from, int to) {
        int end = end(VectorPart.SOFT_CAP, from, to);
        VectorMath math = new VectorMath();
        for (int i = from; i < end; i += VectorMath.STRETCH) {
            math.softCap(x, i, cap, y, i, Math.min(VectorMath.STRETCH, end - i));
        }
        for (int i = end; i < to; i++) {
            y[i] = FloatMath.softCap(x[i], cap);
        }
    }

    static void activate(Activation activation, Tensor x, Tensor y, int from, int to) {
        int end = end(VectorPart.of(activation), from, to);
        VectorMath math = new VectorMath();
        for (int i = from; i < end; i += VectorMath.STRETCH) {
            math.activate(activation, x.data(), i, y.data(), i, Math.min(VectorMath.STRETCH, end - i));
        }
        for (int i = end; i < to; i++) {
            y.data()[i] = activation.of(x.data()[i]);
        }
    }

    /** Where whole vectors end, and plain loops take over. */
    static int end(VectorPart part, int from, int to) {
        return part.isWarm() ? from + SPECIES.loopBound(to - from) : from;
    }
}
