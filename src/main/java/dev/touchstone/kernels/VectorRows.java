package dev.touchstone.kernels;

import dev.touchstone.tensor.Tensor;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * What happens along one row: norms and softmax, with their sums in double. A conversion between vectors of floats and of
 * doubles is not used: it takes half a vector of floats, which is another class, and C2 makes the best code of a method of
 * the Vector API, three times as fast in {@link VectorTiles}, as long as it has only met one. So norms are plain loops, of
 * one step each, since C2 is ten times slower with conversion and arithmetic in one loop.
 */
final class VectorRows {
    private static final VectorSpecies<Float> FLOATS = VectorTiles.SPECIES;
    private static final VectorSpecies<Double> DOUBLES = VectorSpecies.of(double.class, FLOATS.vectorShape());
    /** More than a sum of exponentials can be. */
    private static final double LARGE = 0x1p127;

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
            double mean = sum(row) / n;
            double scale = 1 / Math.sqrt(sumOfSquares(row, mean) / n + epsilon);
            for (int c = 0; c < n; c++) {
                row[c] = (row[c] - mean) * scale * gains[c] + biases[c];
            }
            narrow(row, y.data(), at);
        }
    }

    /** {@code x / sqrt(mean of squares + epsilon) * (plus + gain)}, for the rows {@code from} until {@code to}. (T, C) */
    static void rmsNorm(Tensor x, int from, int to, float[] gain, float plus, double epsilon, Tensor y) {
        int n = gain.length;
        double[] gains = widen(gain);
        for (int c = 0; c < n; c++) {
            gains[c] += plus;
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
        exp(x, at, n, max(x, at, n), y, yAt);
        divide(y, yAt, n, (float) sumOfPositive(y, yAt, n));
    }

    /** {@code y = exp(x - max)} */
    private static void exp(float[] x, int at, int n, float max, float[] y, int yAt) {
        int end = VectorElements.end(VectorPart.SOFTMAX, 0, n);
        for (int from = 0; from < end; from += VectorMath.STRETCH) {
            int to = Math.min(from + VectorMath.STRETCH, end);
            for (int s = from; s < to; s += FLOATS.length()) {
                FloatVector.fromArray(FLOATS, x, at + s).sub(max).intoArray(y, yAt + s);
            }
            VectorMath.exp(y, yAt + from, y, yAt + from, to - from);
        }
        for (int s = end; s < n; s++) {
            y[yAt + s] = FloatMath.exp(x[at + s] - max);
        }
    }

    /** {@code y /= by} */
    private static void divide(float[] y, int at, int n, float by) {
        int end = VectorElements.end(VectorPart.SOFTMAX, 0, n);
        for (int s = 0; s < end; s += FLOATS.length()) {
            FloatVector.fromArray(FLOATS, y, at + s).div(by).intoArray(y, at + s);
        }
        for (int s = end; s < n; s++) {
            y[at + s] /= by;
        }
    }

    /** A maximum does not depend on the order, so this is the one reduction over lanes. */
    private static float max(float[] x, int at, int n) {
        FloatVector largest = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
        int end = VectorElements.end(VectorPart.SOFTMAX, 0, n);
        for (int i = 0; i < end; i += FLOATS.length()) {
            largest = FloatVector.fromArray(FLOATS, x, at + i).max(largest);
        }
        float max = largest.reduceLanes(VectorOperators.MAX);
        for (int i = end; i < n; i++) {
            max = Math.max(max, x[at + i]);
        }
        return max;
    }

    /**
     * The sum of numbers from 0 on: element {@code i} joins sum {@code i % 16}. A vector of floats is one of doubles that are
     * half as many, with two of the floats in each. The bits of a float, moved to where a double has its exponent, are that
     * float times 2^-896. A NaN becomes more than {@link #LARGE} by that.
     */
    private static double sumOfPositive(float[] x, int at, int n) {
        double[] even = new double[SUMS / 2];
        double[] odd = new double[SUMS / 2];
        int end = VectorPart.SOFTMAX.isWarm() ? n - n % SUMS : 0;
        for (int lane = 0; lane < SUMS && end > 0; lane += FLOATS.length()) {
            DoubleVector evens = DoubleVector.zero(DOUBLES);
            DoubleVector odds = DoubleVector.zero(DOUBLES);
            for (int i = lane; i < end; i += SUMS) {
                LongVector pairs = FloatVector.fromArray(FLOATS, x, at + i).reinterpretAsLongs();
                LongVector low = pairs.lanewise(VectorOperators.LSHL, 32).lanewise(VectorOperators.LSHR, 3);
                LongVector high = pairs.lanewise(VectorOperators.LSHR, 32).lanewise(VectorOperators.LSHL, 29);
                evens = low.reinterpretAsDoubles().mul(0x1p896).add(evens);
                odds = high.reinterpretAsDoubles().mul(0x1p896).add(odds);
            }
            evens.intoArray(even, lane / 2);
            odds.intoArray(odd, lane / 2);
        }
        double[] sums = new double[SUMS];
        for (int lane = 0; lane < SUMS; lane++) {
            sums[lane] = lane % 2 == 0 ? even[lane / 2] : odd[lane / 2];
        }
        for (int i = end; i < n; i++) {
            sums[i % SUMS] += x[at + i];
        }
        double sum = ScalarKernels.pairwise(sums);
        return sum < LARGE ? sum : Double.NaN;
    }

    /** Element {@code i} joins sum {@code i % 16}; four of these at a time, so that none waits for another. */
    private static double sum(double[] x) {
        int n = x.length;
        double[] sums = new double[SUMS];
        int end = n - n % SUMS;
        for (int lane = 0; lane < SUMS; lane += 4) {
            double a = 0, b = 0, c = 0, d = 0;
            for (int i = lane; i < end; i += SUMS) {
                a += x[i];
                b += x[i + 1];
                c += x[i + 2];
                d += x[i + 3];
            }
            put(sums, lane, a, b, c, d);
        }
        for (int i = end; i < n; i++) {
            sums[i - end] += x[i];
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
