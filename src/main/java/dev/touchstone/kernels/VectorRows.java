package dev.touchstone.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * What happens along one row: norms and softmax, with their sums in double. Doubles are not vectors here: half a vector of
 * floats, from which one of doubles is made, is another class, and C2 makes the best code of a method of the Vector API,
 * three times as fast in {@link VectorTiles}, as long as it has only met one.
 */
final class VectorRows {
    private static final VectorSpecies<Float> FLOATS = VectorTiles.SPECIES;
    private static final int SUMS = ScalarKernels.PARTIAL_SUMS;

    private VectorRows() {}

    /** {@code (x - mean) / sqrt(variance + epsilon) * gain + bias} of {@code n} elements. */
    static void layerNorm(float[] x, int at, int n, float[] gain, float[] bias, double epsilon, float[] y) {
        double mean = sum(x, at, n) / n;
        double scale = 1 / Math.sqrt(sumOfSquares(x, at, n, mean) / n + epsilon);
        for (int c = 0; c < n; c++) {
            y[at + c] = (float) ((x[at + c] - mean) * scale * gain[c] + bias[c]);
        }
    }

    /** {@code x / sqrt(mean of squares + epsilon) * (plus + gain)} of {@code n} elements. */
    static void rmsNorm(float[] x, int at, int n, float[] gain, float plus, double epsilon, float[] y) {
        double scale = 1 / Math.sqrt(sumOfSquares(x, at, n, 0) / n + epsilon);
        for (int c = 0; c < n; c++) {
            y[at + c] = (float) (x[at + c] * scale * ((double) plus + gain[c]));
        }
    }

    /** {@code exp(x - max) / sum} of {@code n} elements. */
    static void softmax(float[] x, int at, int n, float[] y, int yAt) {
        float max = max(x, at, n);
        int end = WarmUp.useVectors() ? FLOATS.loopBound(n) : 0;
        for (int s = 0; s < end; s += FLOATS.length()) {
            VectorMath.exp(FloatVector.fromArray(FLOATS, x, at + s).sub(max)).intoArray(y, yAt + s);
        }
        for (int s = end; s < n; s++) {
            y[yAt + s] = FloatMath.exp(x[at + s] - max);
        }
        float sum = (float) sum(y, yAt, n);
        for (int s = 0; s < end; s += FLOATS.length()) {
            FloatVector.fromArray(FLOATS, y, yAt + s).div(sum).intoArray(y, yAt + s);
        }
        for (int s = end; s < n; s++) {
            y[yAt + s] /= sum;
        }
    }

    /** A maximum does not depend on the order, so this is the one reduction over lanes. */
    private static float max(float[] x, int at, int n) {
        FloatVector largest = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
        int end = WarmUp.useVectors() ? FLOATS.loopBound(n) : 0;
        for (int i = 0; i < end; i += FLOATS.length()) {
            largest = FloatVector.fromArray(FLOATS, x, at + i).max(largest);
        }
        float max = largest.reduceLanes(VectorOperators.MAX);
        for (int i = end; i < n; i++) {
            max = Math.max(max, x[at + i]);
        }
        return max;
    }

    /** Element {@code i} joins sum {@code i % 16}: sixteen chains, which wait for nothing but themselves. */
    private static double sum(float[] x, int at, int n) {
        double[] sums = new double[SUMS];
        int end = n - n % SUMS;
        for (int i = 0; i < end; i += SUMS) {
            for (int lane = 0; lane < SUMS; lane++) {
                sums[lane] += x[at + i + lane];
            }
        }
        for (int i = end; i < n; i++) {
            sums[i - end] += x[at + i];
        }
        return ScalarKernels.pairwise(sums);
    }

    private static double sumOfSquares(float[] x, int at, int n, double mean) {
        double[] sums = new double[SUMS];
        int end = n - n % SUMS;
        for (int i = 0; i < end; i += SUMS) {
            for (int lane = 0; lane < SUMS; lane++) {
                double deviation = x[at + i + lane] - mean;
                sums[lane] += deviation * deviation;
            }
        }
        for (int i = end; i < n; i++) {
            double deviation = x[at + i] - mean;
            sums[i - end] += deviation * deviation;
        }
        return ScalarKernels.pairwise(sums);
    }
}
