package dev.touchstone.kernels;

import dev.touchstone.tensor.Tensor;

/** What happens to each element by itself, for the elements {@code from} until {@code to}. */
final class VectorElements {
    private VectorElements() {}

    static void add(Tensor a, Tensor b, Tensor y, int from, int to) {
        add(a.data(), from, b.data(), from, y.data(), from, to - from);
    }

    /** {@code y = a + b}, {@code n} elements. */
    static void add(float[] a, int aAt, float[] b, int bAt, float[] y, int yAt, int n) {
        int end = end(VectorPart.ELEMENTS, n);
        if (end > 0) {
            VectorLoops.add(a, aAt, b, bAt, y, yAt, end);
        }
        for (int i = end; i < n; i++) {
            y[yAt + i] = a[aAt + i] + b[bAt + i];
        }
    }

    /** {@code y += factor x}, each in one rounding, {@code n} elements. */
    static void addScaled(float factor, float[] x, int xAt, float[] y, int yAt, int n) {
        int end = end(VectorPart.ELEMENTS, n);
        if (end > 0) {
            VectorLoops.addScaled(factor, x, xAt, y, yAt, end);
        }
        for (int i = end; i < n; i++) {
            y[yAt + i] = Math.fma(factor, x[xAt + i], y[yAt + i]);
        }
    }

    static void multiply(Tensor a, Tensor b, Tensor y, int from, int to) {
        int end = from + end(VectorPart.ELEMENTS, to - from);
        if (end > from) {
            VectorLoops.multiply(a.data(), from, b.data(), from, y.data(), from, end - from);
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
        int end = end(VectorPart.ELEMENTS, n);
        if (end > 0) {
            VectorLoops.scale(x, xAt, factor, y, yAt, end);
        }
        for (int i = end; i < n; i++) {
            y[yAt + i] = x[xAt + i] * factor;
        }
    }

    static void softCap(float[] x, float cap, float[] y, int from, int to) {
        int end = from + end(VectorPart.SOFT_CAP, to - from);
        VectorMath math = new VectorMath();
        for (int i = from; i < end; i += VectorMath.STRETCH) {
            math.softCap(x, i, cap, y, i, Math.min(VectorMath.STRETCH, end - i));
        }
        for (int i = end; i < to; i++) {
            y[i] = FloatMath.softCap(x[i], cap);
        }
    }

    static void activate(Activation activation, Tensor x, Tensor y, int from, int to) {
        int end = from + end(VectorPart.of(activation), to - from);
        VectorMath math = new VectorMath();
        for (int i = from; i < end; i += VectorMath.STRETCH) {
            math.activate(activation, x.data(), i, y.data(), i, Math.min(VectorMath.STRETCH, end - i));
        }
        for (int i = end; i < to; i++) {
            y.data()[i] = activation.of(x.data()[i]);
        }
    }

    /** How many of {@code n} elements are whole vectors, for {@link VectorLoops}; the others are for plain loops. */
    static int end(VectorPart part, int n) {
        return part.isWarm(n) ? VectorTiles.SPECIES.loopBound(n) : 0;
    }
}
