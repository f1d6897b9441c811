package dev.touchstone.parity.errors;

import java.io.Serializable;

/**
 * The error of float32 values against float64 values. Where infinity is expected, the value must be the same infinity; such
 * elements are otherwise left out.
 *
 * @param finite the number of elements whose expected value is finite
 * @param rms root of the mean squared error
 * @param max largest error, infinite where an infinity or a NaN is on one side only
 * @param worst the index of the largest error
 * @param scale largest finite magnitude expected
 */
public record Deviation(int finite, double rms, double max, int worst, double scale) implements Serializable {
    /**
     * The bound on the largest error, as a share of the largest expected value. It applies to one operation on its golden
     * input, and to the inherited error of a tap that is exempt from the limit on the ratio.
     */
    public static final double LOCAL_BOUND = 128 * 0x1p-24;

    public static Deviation of(float[] actual, double[] expected) {
        if (actual.length != expected.length) {
            throw new IllegalArgumentException(actual.length + " values against " + expected.length);
        }
        int finite = 0;
        double squares = 0;
        double max = 0;
        int worst = 0;
        double scale = 0;
        for (int i = 0; i < actual.length; i++) {
            double error = Math.abs(actual[i] - expected[i]);
            if (Double.isInfinite(expected[i])) {
                error = actual[i] == expected[i] ? 0 : Double.POSITIVE_INFINITY;
            } else {
                finite++;
                scale = Math.max(scale, Math.abs(expected[i]));
            }
            if (Double.isNaN(error)) {
                error = Double.POSITIVE_INFINITY; // NaN is always an error, and comparisons with it are false
            }
            squares += error * error;
            if (error > max) {
                max = error;
                worst = i;
            }
        }
        return new Deviation(finite, finite == 0 ? max : Math.sqrt(squares / finite), max, worst, scale);
    }

    /** Whether the largest error is at most this share of the largest expected magnitude; false for NaN. */
    public boolean within(double share) {
        return max <= share * scale;
    }
}
