package dev.touchstone.kernels;

import dev.touchstone.tensor.HalfPrecision;
import dev.touchstone.tensor.Matrix;
import java.util.Arrays;

/** {@link Loops} without the Vector API: run until {@link WarmUp} is over, and for elements that do not fill a vector. */
final class PlainLoops implements Loops {
    private static final int COLUMNS = Matrix.PANEL;

    /** A block of weights, which stays in the first-level cache as it is reused. */
    private final ThreadLocal<float[]> wide = ThreadLocal.withInitial(() -> new float[ScalarKernels.BLOCK * COLUMNS]);

    @Override
    public void addTile(float[] x, int xAt, float[] w, int wAt, int inputs, int columns, float[] y, int yAt) {
        float[] sums = new float[COLUMNS];
        for (int r = 0; r < VectorTiles.ROWS; r++) {
            addRow(x, xAt + r * ScalarKernels.BLOCK, w, wAt, inputs, y, yAt + r * COLUMNS, sums);
        }
    }

    @Override
    public void addRow(float[] x, int xAt, float[] w, int wAt, int inputs, float[] y, int yAt) {
        addRow(x, xAt, w, wAt, inputs, y, yAt, new float[COLUMNS]);
    }

    private void addRow(float[] x, int xAt, float[] w, int wAt, int inputs, float[] y, int yAt, float[] sums) {
        Arrays.fill(sums, 0);
        for (int i = 0; i < inputs; i++) {
            addScaled(x[xAt + i], w, wAt + i * COLUMNS, sums, 0, COLUMNS);
        }
        add(y, yAt, sums, 0, y, yAt, COLUMNS);
    }

    @Override
    public void addRow(float[] x, int xAt, Matrix weight, int wAt, int inputs, float[] y, int yAt) {
        float[] block = wide.get();
        float[] sums = new float[COLUMNS];
        for (int i = 0; i < inputs; i += ScalarKernels.BLOCK) {
            int count = Math.min(ScalarKernels.BLOCK, inputs - i);
            widen(weight, wAt + i * COLUMNS, count * COLUMNS, block);
            addRow(x, xAt + i, block, 0, count, y, yAt, sums);
        }
    }

    @Override
    public void widen(Matrix weight, int at, int n, float[] y) {
        switch (weight.type()) {
            case BFLOAT16 -> {
                for (int i = 0; i < n; i++) {
                    y[i] = HalfPrecision.fromBfloat16(weight.halves()[half(at, i)]);
                }
            }
            case FLOAT16 -> {
                for (int i = 0; i < n; i++) {
                    y[i] = HalfPrecision.fromFloat16(weight.halves()[half(at, i)]);
                }
            }
            case QUANTIZED -> {
                int panel = weight.output(at) / COLUMNS;
                weight.quantized().widen(panel, weight.input(at), n / COLUMNS, y);
            }
            case FLOAT32 -> throw new IllegalArgumentException("the weights are float32");
        }
    }

    /** The index of the 16-bit weight that is number {@code i} of the rows from index {@code at} on. */
    private static int half(int at, int i) {
        return at + i / COLUMNS * COLUMNS + Matrix.halfColumn(i % COLUMNS);
    }

    @Override
    public void add(float[] a, int aAt, float[] b, int bAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i++) {
            y[yAt + i] = a[aAt + i] + b[bAt + i];
        }
    }

    @Override
    public void multiply(float[] a, int aAt, float[] b, int bAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i++) {
            y[yAt + i] = a[aAt + i] * b[bAt + i];
        }
    }

    @Override
    public void scale(float[] x, int xAt, float factor, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i++) {
            y[yAt + i] = x[xAt + i] * factor;
        }
    }

    @Override
    public void scaleRows(float[] x, int xAt, float factor, float[] y, int yAt, int yStride, int rows) {
        for (int r = 0; r < rows; r++) {
            scale(x, xAt + r * COLUMNS, factor, y, yAt + r * yStride, COLUMNS);
        }
    }

    @Override
    public void addScaled(float factor, float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i++) {
            y[yAt + i] = Math.fma(factor, x[xAt + i], y[yAt + i]);
        }
    }

    @Override
    public void softmax(float[] x, int xAt, float[] y, int yAt, int n) {
        exp(x, xAt, max(x, xAt, n), y, yAt, n);
        divide(y, yAt, (float) Norms.sum(y, yAt, n), y, yAt, n);
    }

    @Override
    public void softmaxToBlocks(float[] x, int xAt, float[] y, int yAt, int stride, int n) {
        softmax(x, xAt, x, xAt, n);
        for (int i = 0; i < n; i += ScalarKernels.BLOCK) {
            int to = yAt + i / ScalarKernels.BLOCK * stride;
            System.arraycopy(x, xAt + i, y, to, Math.min(ScalarKernels.BLOCK, n - i));
        }
    }

    /** The largest of {@code n} elements; {@code -inf} if there are none. */
    static float max(float[] x, int at, int n) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < n; i++) {
            max = Math.max(max, x[at + i]);
        }
        return max;
    }

    /** {@code y = exp(x - max)} */
    static void exp(float[] x, int xAt, float max, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i++) {
            y[yAt + i] = FloatMath.exp(x[xAt + i] - max);
        }
    }

    /** {@code y = x / divisor}; {@code x} and {@code y} may be the same. */
    static void divide(float[] x, int xAt, float divisor, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i++) {
            y[yAt + i] = x[xAt + i] / divisor;
        }
    }

    @Override
    public void softCap(float[] x, int xAt, float cap, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i++) {
            y[yAt + i] = FloatMath.softCap(x[xAt + i], cap);
        }
    }

    @Override
    public void activate(Activation activation, float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i++) {
            y[yAt + i] = activation.of(x[xAt + i]);
        }
    }
}
