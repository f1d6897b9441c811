package dev.touchstone.kernels;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** What happens along one row: norms and softmax, with their sums in double. */
final class VectorRows {
    private static final VectorSpecies<Float> FLOATS = VectorTiles.SPECIES;
    private static final VectorSpecies<Double> DOUBLES = VectorSpecies.of(double.class, FLOATS.vectorShape());
    /** As many floats as there are doubles in a vector. */
    private static final VectorSpecies<Float> HALF =
            VectorSpecies.of(float.class, VectorShape.forBitSize(FLOATS.vectorBitSize() / 2));

    private static final int SUMS = ScalarKernels.PARTIAL_SUMS;

    private VectorRows() {}

    /** {@code (x - mean) / sqrt(variance + epsilon) * gain + bias} of {@code n} elements. */
    static void layerNorm(float[] x, int at, int n, float[] gain, float[] bias, double epsilon, float[] y) {
        double mean = sum(x, at, n) / n;
        double scale = 1 / Math.sqrt(sumOfSquares(x, at, n, mean) / n + epsilon);
        int end = DOUBLES.loopBound(n);
        for (int c = 0; c < end; c += DOUBLES.length()) {
            DoubleVector normal = doubles(x, at + c).sub(mean).mul(scale);
            DoubleVector shifted = normal.mul(doubles(gain, c)).add(doubles(bias, c));
            ((FloatVector) shifted.convertShape(VectorOperators.D2F, HALF, 0)).intoArray(y, at + c);
        }
        for (int c = end; c < n; c++) {
            y[at + c] = (float) ((x[at + c] - mean) * scale * gain[c] + bias[c]);
        }
    }

    /** {@code x / sqrt(mean of squares + epsilon) * (plus + gain)} of {@code n} elements. */
    static void rmsNorm(float[] x, int at, int n, float[] gain, float plus, double epsilon, float[] y) {
        double scale = 1 / Math.sqrt(sumOfSquares(x, at, n, 0) / n + epsilon);
        int end = DOUBLES.loopBound(n);
        for (int c = 0; c < end; c += DOUBLES.length()) {
            DoubleVector scaled =
                    doubles(x, at + c).mul(scale).mul(doubles(gain, c).add(plus));
            ((FloatVector) scaled.convertShape(VectorOperators.D2F, HALF, 0)).intoArray(y, at + c);
        }
        for (int c = end; c < n; c++) {
            y[at + c] = (float) (x[at + c] * scale * ((double) plus + gain[c]));
        }
    }

    /** {@code exp(x - max) / sum} of {@code n} elements. */
    static void softmax(float[] x, int at, int n, float[] y, int yAt) {
        float max = max(x, at, n);
        int end = FLOATS.loopBound(n);
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
        int end = FLOATS.loopBound(n);
        for (int i = 0; i < end; i += FLOATS.length()) {
            largest = FloatVector.fromArray(FLOATS, x, at + i).max(largest);
        }
        float max = largest.reduceLanes(VectorOperators.MAX);
        for (int i = end; i < n; i++) {
            max = Math.max(max, x[at + i]);
        }
        return max;
    }

    /** Element {@code i} joins sum {@code i % 16}, whatever the width: a vector carries some of the sums down the row. */
    private static double sum(float[] x, int at, int n) {
        double[] sums = new double[SUMS];
        int end = n - n % SUMS;
        for (int lane = 0; lane < SUMS; lane += DOUBLES.length()) {
            DoubleVector sum = DoubleVector.zero(DOUBLES);
            for (int i = lane; i < end; i += SUMS) {
                sum = doubles(x, at + i).add(sum);
            }
            sum.intoArray(sums, lane);
        }
        for (int i = end; i < n; i++) {
            sums[i % SUMS] += x[at + i];
        }
        return ScalarKernels.pairwise(sums);
    }

    private static double sumOfSquares(float[] x, int at, int n, double mean) {
        double[] sums = new double[SUMS];
        int end = n - n % SUMS;
        for (int lane = 0; lane < SUMS; lane += DOUBLES.length()) {
            DoubleVector sum = DoubleVector.zero(DOUBLES);
            for (int i = lane; i < end; i += SUMS) {
                DoubleVector deviation = doubles(x, at + i).sub(mean);
                sum = deviation.mul(deviation).add(sum);
            }
            sum.intoArray(sums, lane);
        }
        for (int i = end; i < n; i++) {
            double deviation = x[at + i] - mean;
            sums[i % SUMS] += deviation * deviation;
        }
        return ScalarKernels.pairwise(sums);
    }

    private static DoubleVector doubles(float[] x, int at) {
        Vector<Float> floats = FloatVector.fromArray(HALF, x, at);
        return (DoubleVector) floats.convertShape(VectorOperators.F2D, DOUBLES, 0);
    }
}
