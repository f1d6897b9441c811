package dev.touchstone.parity.errors;

/**
 * How far float values are from float64 ones. Where infinity is expected, infinity must be found; those elements do not
 * count further.
 *
 * @param finite how many elements were compared by value
 * @param rms root of the mean squared error
 * @param max largest error, infinite where an infinity or a NaN is on one side only
 * @param worst the index of the largest error
 * @param scale largest finite magnitude expected
 */
public record Deviation(int finite, double rms, double max, int worst, double scale) {
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
                error = Double.POSITIVE_INFINITY; // NaN is never right, and no comparison with it is true
            }
            squares += error * error;
            if (error > max) {
                max = error;
                worst = i;
            }
        }
        return new Deviation(finite, finite == 0 ? max : Math.sqrt(squares / finite), max, worst, scale);
    }

    /** Whether no element is further off than this share of the largest magnitude expected; false for NaN. */
    public boolean within(double share) {
        return max <= share * scale;
    }
}
