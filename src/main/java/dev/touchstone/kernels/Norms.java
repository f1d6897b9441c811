package dev.touchstone.kernels;

import dev.touchstone.tensor.Tensor;
import java.util.Arrays;

/**
 * Norms and sums along a row, in double. These are plain loops: to convert vectors of floats to vectors of doubles takes
 * vectors of another width, and C2 compiles the methods of the Vector API best, {@link VectorTiles} three times as fast, while
 * the process has used vectors of one width only.
 */
final class Norms {
    private static final int SUMS = ScalarKernels.PARTIAL_SUMS;

    private Norms() {}

    /**
     * {@code (x - mean) / sqrt(variance + epsilon) * gain + bias}, for the rows {@code from} until {@code to}. (T, C)
     *
     * @param gain null for gains of 1; rows use them in turn if there are more than channels
     * @param bias null for no bias
     */
    static void layerNorm(Tensor x, int from, int to, float[] gain, float[] bias, double epsilon, Tensor y) {
        int n = x.size(-1);
        double[] gains = widen(gain, n, 1);
        double[] biases = widen(bias, gains.length, 0);
        double[] row = new double[n];
        for (int at = from * n; at < to * n; at += n) {
            widen(x.data(), at, row);
            double mean = sum(x.data(), at, n) / n;
            double scale = 1 / Math.sqrt(sumOfSquares(row, mean) / n + epsilon);
            int weights = at % gains.length;
            for (int c = 0; c < n; c++) {
                row[c] = (row[c] - mean) * scale * gains[weights + c] + biases[weights + c];
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

    /** As many times the same number if {@code x} is null. */
    private static double[] widen(float[] x, int count, double same) {
        if (x != null) {
            return widen(x);
        }
        double[] wide = new double[count];
        Arrays.fill(wide, same);
        return wide;
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

    /** Element {@code i} is added to partial sum {@code i % 16}. Four partial sums at a time do not wait for each other. */
    static double sum(float[] x, int at, int n) {
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
