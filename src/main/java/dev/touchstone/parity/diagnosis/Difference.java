package dev.touchstone.parity.diagnosis;

import dev.touchstone.parity.errors.Deviation;
import dev.touchstone.tensor.Tensor;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * A wrong tensor and the right values. Its rows are all axes but the last: tokens, or tokens of each head.
 *
 * @param tap the name of the tap
 * @param tensor the wrong values
 * @param expected the right values, in row-major order
 * @param bound an element counts as right if its error is not above this
 */
public record Difference(String tap, Tensor tensor, double[] expected, double bound) {
    /** An error this many times smaller than before counts as explained. */
    private static final double EXPLAINED = 1e-3;

    /** With the bound on the error of one operation, {@link Deviation#LOCAL_BOUND} of the largest right value. */
    public static Difference of(String tap, Tensor tensor, double[] expected) {
        double scale = Deviation.of(tensor.data(), expected).scale();
        return new Difference(tap, tensor, expected, Deviation.LOCAL_BOUND * scale);
    }

    float[] actual() {
        return tensor.data();
    }

    int[] shape() {
        return tensor.shape();
    }

    int columns() {
        return tensor.size(-1);
    }

    int rows() {
        return tensor.rows();
    }

    /** The index of every element. */
    IntStream elements() {
        return IntStream.range(0, tensor.size());
    }

    /** The indices of the elements that are finite in both. */
    IntStream finite() {
        return elements().filter(i -> Double.isFinite(expected[i]) && Float.isFinite(actual()[i]));
    }

    /** Whether this element is wrong. */
    boolean isWrong(int i) {
        return isWrong(i, expected[i]);
    }

    private boolean isWrong(int i, double guess) {
        return actual()[i] != guess && !(Math.abs(actual()[i] - guess) <= bound);
    }

    /** Whether the wrong tensor equals {@code guess} within the bound. */
    boolean is(double[] guess) {
        return guess.length == tensor.size() && elements().noneMatch(i -> isWrong(i, guess[i]));
    }

    /** Whether almost no error is left when the wrong tensor is compared with {@code guess} instead. */
    boolean explainedBy(IntToDoubleFunction guess) {
        return explained(actual(), guess);
    }

    /** The same for the wrong values in another order. */
    boolean explained(float[] found, IntToDoubleFunction guess) {
        double after = finite().mapToDouble(i -> Math.pow(found[i] - guess.applyAsDouble(i), 2))
                .sum();
        return error() > 0 && Math.sqrt(after) < EXPLAINED * error();
    }

    /** The Euclidean norm of the error. */
    double error() {
        return Math.sqrt(finite().mapToDouble(i -> Math.pow(actual()[i] - expected[i], 2))
                .sum());
    }

    /** Whether the error is less than 1 / 128 of the right values. */
    boolean isNearlyRight() {
        double size =
                Math.sqrt(finite().mapToDouble(i -> expected[i] * expected[i]).sum());
        return error() < 0x1p-7 * size;
    }

    /** The factor that brings {@code x} nearest to the wrong values, by least squares over these elements. */
    double slope(double[] x, int[] elements) {
        double products =
                Arrays.stream(elements).mapToDouble(i -> actual()[i] * x[i]).sum();
        return products / Arrays.stream(elements).mapToDouble(i -> x[i] * x[i]).sum();
    }

    /** The mean of each column. */
    double[] means(IntToDoubleFunction value) {
        double[] means = new double[columns()];
        elements().forEach(i -> means[i % columns()] += value.applyAsDouble(i) / rows());
        return means;
    }
}
