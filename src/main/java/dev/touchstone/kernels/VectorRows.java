package dev.touchstone.kernels;

import dev.touchstone.tensor.Tensor;

/**
 * What happens along one row: norms and softmax, with their sums in double. A conversion between vectors of floats and of
 * doubles is not used: it takes half a vector of floats, which is another class, and C2 makes the best code of a method of
 * the Vector API, three times as fast in {@link VectorTiles}, as long as it has only met one. So norms and sums are plain
 * loops.
 */
final class VectorRows {
    private static final int SUMS = ScalarKernels.PARTIAL_SUMS;

    private VectorRows() {}

    /** {@code (x - mean) / sqrt(variance + epsilon) * gain + bias}, for the rows {@code from} until {@code to}. (T, C) */
    static void layerNorm(Tensor x, int from, int to, float[] gain, float[] bias, double epsilon, Tensor y) {
        int n = gain.length;
        double[] gains = widen(gain);
        double[] biases = widen(bias);
        double[] row = new double[n];
        for (int at = from * n; at < to * n; at += n) {
            widen(x.data(), at, row);
            double mean = sum(x.data(), at, n) / n;
            double scale = 1 / Math.sqrt(sumOfSquares(row, mean) / n + epsilon);
            for (int c = 0; c < n; c++) {
                row[c] = (row[c] - mean) * scale * gains[c] + biases[c];
            }
            narrow(row, y.data(), at);
        }
    }

    /** {@code x / sqrt(mean of squares + epsilon) * (gainOffset + gain)}, for the rows {@code from} until {@code to}. (T, C) */
    static void rmsNorm(Tensor x, int from, int to, float[] gain, float gainOffset, double epsilon, Tensor y) {
        int n = gain.length;
        double[] gains = widen(gain);
        for (int c = 0; c < n; c++) {
            gains[c] += gainOffset;
        }
        double[] row = new double[n];
        for (int at = from * n; at < to * n; at += n) {
            widen(x.data(), at, row);
            double scale = 1 / Math.sqrt(sumOfSquares(row, 0) / n + epsilon);
            for (int c = 0; c < n; c++) {
                row[c] = row[c] * scale * gains[c];
            }
            narrow(row, y.data(), at);
        }
    }

    private static double[] widen(float[] x) {
        double[] wide = new double[x.length];
        widen(x, 0, wide);
        return wide;
    }

    private static void widen(float[] x, int at, double[] y) {
        for (int i = 0; i < y.length; i++) {
            y[i] = x[at + i];
        }
    }

    private static void narrow(double[] x, float[] y, int at) {
        for (int i = 0; i < x.length; i++) {
            y[at + i] = (float) x[i];
        }
    }

    /** {@code exp(x - max) / sum} of {@code n} elements. */
    static void softmax(float[] x, int at, int n, float[] y, int yAt) {
        int end = VectorElements.end(VectorPart.SOFTMAX, n);
        exp(x, at, end, n, max(x, at, end, n), y, yAt);
        divide(y, yAt, end, n, (float) sum(y, yAt, n));
    }

    /** Vectors until {@code end}, then plain loops until {@code n}; so the next two. */
    private static float max(float[] x, int at, int end, int n) {
        float max = end > 0 ? VectorLoops.max(x, at, end) : Float.NEGATIVE_INFINITY;
        for (int i = end; i < n; i++) {
            max = Math.max(max, x[at + i]);
        }
        return max;
    }

    /** {@code y = exp(x - max)} */
    private static void exp(float[] x, int at, int end, int n, float max, float[] y, int yAt) {
        for (int from = 0; from < end; from += VectorMath.STRETCH) {
            int length = Math.min(VectorMath.STRETCH, end - from);
            VectorLoops.subtract(x, at + from, max, y, yAt + from, length);
            VectorMath.exp(y, yAt + from, y, yAt + from, length);
        }
        for (int i = end; i < n; i++) {
            y[yAt + i] = FloatMath.exp(x[at + i] - max);
        }
    }

    /** {@code y /= by} */
    private static void divide(float[] y, int at, int end, int n, float by) {
        if (end > 0) {
            VectorLoops.divide(y, at, by, y, at, end);
        }
        for (int i = end; i < n; i++) {
            y[at + i] /= by;
        }
    }

    /** Element {@code i} joins sum {@code i % 16}; four of these at a time, so that none waits for another. */
    private static double sum(float[] x, int at, int n) {
        double[] sums = new double[SUMS];
        int end = n - n % SUMS;
        for (int lane = 0; lane < SUMS; lane += 4) {
            double a = 0, b = 0, c = 0, d = 0;
            for (int i = at + lane; i < at + end; i += SUMS) {
                a += x[i];
                b += x[i + 1];
                c += x[i + 2];
                d += x[i + 3];
            }
            put(sums, lane, a, b, c, d);
        }
        for (int i = end; i < n; i++) {
            sums[i - end] += x[at + i];
        }
        return ScalarKernels.pairwise(sums);
    }

    private static double sumOfSquares(double[] x, double mean) {
        int n = x.length;
        double[] sums = new double[SUMS];
        int end = n - n % SUMS;
        for (int lane = 0; lane < SUMS; lane += 4) {
            double a = 0, b = 0, c = 0, d = 0;
            for (int i = lane; i < end; i += SUMS) {
                a += square(x[i] - mean);
                b += square(x[i + 1] - mean);
                c += square(x[i + 2] - mean);
                d += square(x[i + 3] - mean);
            }
            put(sums, lane, a, b, c, d);
        }
        for (int i = end; i < n; i++) {
            sums[i - end] += square(x[i] - mean);
        }
        return ScalarKernels.pairwise(sums);
    }

    private static double square(double x) {
        return x * x;
    }

    private static void put(double[] sums, int at, double a, double b, double c, double d) {
        sums[at] = a;
        sums[at + 1] = b;
        sums[at + 2] = c;
        sums[at + 3] = d;
    }
}
