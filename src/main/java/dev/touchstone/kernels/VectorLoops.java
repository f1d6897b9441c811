package dev.touchstone.kernels;

import dev.touchstone.tensor.Matrix;

/**
 * {@link Loops} with the Vector API: whole vectors first, plain loops for the elements that are left. A loop over vectors is
 * not called for no elements, so that the compiler never records that it ends at once.
 */
final class VectorLoops implements Loops {
    private static final PlainLoops REST = new PlainLoops();

    /** With scratch arrays, which are reused. */
    private final ThreadLocal<VectorQuantized> quantized = ThreadLocal.withInitial(VectorQuantized::new);

    @Override
    public void addTile(float[] x, int xAt, float[] w, int wAt, int inputs, int columns, float[] y, int yAt) {
        VectorTiles.add(x, xAt, w, wAt, inputs, columns, y, yAt);
    }

    @Override
    public void addRow(float[] x, int xAt, float[] w, int wAt, int inputs, float[] y, int yAt) {
        VectorStream.add(x, xAt, w, wAt, inputs, y, yAt);
    }

    @Override
    public void addRow(float[] x, int xAt, Matrix weight, int wAt, int inputs, float[] y, int yAt) {
        if (weight.type() == Matrix.Type.QUANTIZED) {
            quantized.get().addRow(x, xAt, weight, wAt, inputs, y, yAt);
            return;
        }
        short[] w = weight.halves();
        for (int i = 0; i < inputs; i += ScalarKernels.BLOCK) {
            int count = Math.min(ScalarKernels.BLOCK, inputs - i);
            if (weight.type() == Matrix.Type.BFLOAT16) {
                VectorBfloat16.addRow(x, xAt + i, w, wAt + i * Matrix.PANEL, count, y, yAt);
            } else {
                VectorFloat16.addRow(x, xAt + i, w, wAt + i * Matrix.PANEL, count, y, yAt);
            }
        }
    }

    @Override
    public void widen(Matrix weight, int at, int n, float[] y) {
        if (weight.type() == Matrix.Type.QUANTIZED) {
            quantized.get().widen(weight, at, n, y);
        } else {
            VectorWiden.floats(weight, at, n, y);
        }
    }

    @Override
    public void add(float[] a, int aAt, float[] b, int bAt, float[] y, int yAt, int n) {
        int end = whole(n);
        if (end > 0) {
            VectorElements.add(a, aAt, b, bAt, y, yAt, end);
        }
        REST.add(a, aAt + end, b, bAt + end, y, yAt + end, n - end);
    }

    @Override
    public void multiply(float[] a, int aAt, float[] b, int bAt, float[] y, int yAt, int n) {
        int end = whole(n);
        if (end > 0) {
            VectorElements.multiply(a, aAt, b, bAt, y, yAt, end);
        }
        REST.multiply(a, aAt + end, b, bAt + end, y, yAt + end, n - end);
    }

    @Override
    public void scale(float[] x, int xAt, float factor, float[] y, int yAt, int n) {
        int end = whole(n);
        if (end > 0) {
            VectorElements.scale(x, xAt, factor, y, yAt, end);
        }
        REST.scale(x, xAt + end, factor, y, yAt + end, n - end);
    }

    @Override
    public void scaleRows(float[] x, int xAt, float factor, float[] y, int yAt, int yStride, int rows) {
        VectorElements.scaleRows(x, xAt, factor, y, yAt, yStride, rows);
    }

    @Override
    public void addScaled(float factor, float[] x, int xAt, float[] y, int yAt, int n) {
        int end = whole(n);
        if (end > 0) {
            VectorElements.addScaled(factor, x, xAt, y, yAt, end);
        }
        REST.addScaled(factor, x, xAt + end, y, yAt + end, n - end);
    }

    @Override
    public void softmax(float[] x, int xAt, float[] y, int yAt, int n) {
        float sum = powers(x, xAt, y, yAt, n);
        int end = whole(n);
        if (end > 0) {
            VectorElements.divide(y, yAt, sum, y, yAt, end);
        }
        PlainLoops.divide(y, yAt + end, sum, y, yAt + end, n - end);
    }

    @Override
    public void softmaxToBlocks(float[] x, int xAt, float[] y, int yAt, int stride, int n) {
        float sum = powers(x, xAt, x, xAt, n);
        int end = n - n % ScalarKernels.BLOCK;
        if (end > 0) {
            VectorElements.divideToBlocks(x, xAt, sum, y, yAt, stride, end);
        }
        PlainLoops.divide(x, xAt + end, sum, y, yAt + end / ScalarKernels.BLOCK * stride, n - end);
    }

    /** {@code y = exp(x - max)}; returns their sum. */
    private static float powers(float[] x, int xAt, float[] y, int yAt, int n) {
        int end = whole(n);
        float max = PlainLoops.max(x, xAt + end, n - end);
        if (end > 0) {
            max = Math.max(VectorElements.max(x, xAt, end), max);
        }
        for (int i = 0; i < end; i += VectorMath.STRETCH) {
            VectorMath.exp(x, xAt + i, max, y, yAt + i, Math.min(VectorMath.STRETCH, end - i));
        }
        PlainLoops.exp(x, xAt + end, max, y, yAt + end, n - end);
        return (float) sum(y, yAt, n, max);
    }

    /** The sum of powers, which are at most 1 or not a number. They are numbers if {@code max} is finite. */
    private static double sum(float[] powers, int at, int n, float max) {
        boolean whole = n % ScalarKernels.PARTIAL_SUMS == 0 && Float.isFinite(max);
        return whole ? VectorSums.sum(powers, at, n) : Norms.sum(powers, at, n);
    }

    @Override
    public void softCap(float[] x, int xAt, float cap, float[] y, int yAt, int n) {
        int end = whole(n);
        VectorMath math = new VectorMath();
        for (int i = 0; i < end; i += VectorMath.STRETCH) {
            math.softCap(x, xAt + i, cap, y, yAt + i, Math.min(VectorMath.STRETCH, end - i));
        }
        REST.softCap(x, xAt + end, cap, y, yAt + end, n - end);
    }

    @Override
    public void activate(Activation activation, float[] x, int xAt, float[] y, int yAt, int n) {
        int end = whole(n);
        VectorMath math = new VectorMath();
        for (int i = 0; i < end; i += VectorMath.STRETCH) {
            math.activate(activation, x, xAt + i, y, yAt + i, Math.min(VectorMath.STRETCH, end - i));
        }
        REST.activate(activation, x, xAt + end, y, yAt + end, n - end);
    }

    /** How many of {@code n} elements fill whole vectors. */
    private static int whole(int n) {
        return VectorTiles.SPECIES.loopBound(n);
    }
}
