package dev.touchstone.parity.diagnosis;

import dev.touchstone.parity.errors.Deviation;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * A tensor that is wrong, beside what it should be. Rows are all but the last axis: tokens, or tokens of each head.
 *
 * @param bound how far off an element may be and count as right
 */
record Difference(String tap, float[] actual, double[] expected, int[] shape, double bound) {
    /** A difference this much smaller than before counts as explained. */
    private static final double EXPLAINED = 1e-3;

    static Difference of(String tap, float[] actual, double[] expected, int[] shape) {
        double scale = Deviation.of(actual, expected).scale();
        return new Difference(tap, actual, expected, shape, Deviation.LOCAL_BOUND * scale);
    }

    int columns() {
        return shape[shape.length - 1];
    }

    int rows() {
        return actual.length / columns();
    }

    /** The last part of the tap's name, such as {@code c_fc}. */
    String point() {
        return tap.substring(tap.lastIndexOf('.') + 1);
    }

    IntStream elements() {
        return IntStream.range(0, actual.length);
    }

    IntStream finite() {
        return elements().filter(i -> Double.isFinite(expected[i]) && Float.isFinite(actual[i]));
    }

    boolean off(int i) {
        return isOff(i, expected[i]);
    }

    private boolean isOff(int i, double guess) {
        return actual[i] != guess && !(Math.abs(actual[i] - guess) <= bound);
    }

    /** Whether the tensor would be right if these were the expected numbers. */
    boolean is(double[] guess) {
        return guess.length == actual.length && elements().noneMatch(i -> isOff(i, guess[i]));
    }

    /** Whether next to nothing is left of the difference if these were the expected numbers. */
    boolean explainedBy(IntToDoubleFunction guess) {
        return explained(actual, guess);
    }

    boolean explained(float[] found, IntToDoubleFunction guess) {
        double after = finite().mapToDouble(i -> Math.pow(found[i] - guess.applyAsDouble(i), 2))
                .sum();
        return error() > 0 && Math.sqrt(after) < EXPLAINED * error();
    }

    /** The Euclidean length of the difference. */
    double error() {
        return Math.sqrt(
                finite().mapToDouble(i -> Math.pow(actual[i] - expected[i], 2)).sum());
    }

    /** Whether it is off by few percent of its size at most. */
    boolean isNearlyRight() {
        double size =
                Math.sqrt(finite().mapToDouble(i -> expected[i] * expected[i]).sum());
        return error() < 0x1p-7 * size;
    }

    /** The factor that brings {@code x} nearest to ours at these places. */
    double slope(double[] x, int[] places) {
        double products =
                Arrays.stream(places).mapToDouble(i -> actual[i] * x[i]).sum();
        return products / Arrays.stream(places).mapToDouble(i -> x[i] * x[i]).sum();
    }

    /** The mean of each column. */
    double[] means(IntToDoubleFunction value) {
        double[] means = new double[columns()];
        elements().forEach(i -> means[i % columns()] += value.applyAsDouble(i) / rows());
        return means;
    }
}
