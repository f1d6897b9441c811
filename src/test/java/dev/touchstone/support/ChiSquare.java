package dev.touchstone.support;

/** Pearson's chi-squared test of observed counts. */
public final class ChiSquare {
    /** The quantile of the normal distribution for a false positive rate of one in a million. */
    private static final double Z = 4.753;

    private ChiSquare() {}

    public static double statistic(long[] observed, double[] expected) {
        double sum = 0;
        for (int i = 0; i < observed.length; i++) {
            if (expected[i] > 0) {
                double difference = observed[i] - expected[i];
                sum += difference * difference / expected[i];
            } else if (observed[i] > 0) {
                return Double.POSITIVE_INFINITY;
            }
        }
        return sum;
    }

    /** The value that the statistic exceeds once in a million if the expected counts are right (Wilson and Hilferty, 1931). */
    public static double limit(int degreesOfFreedom) {
        double spread = 2.0 / (9 * degreesOfFreedom);
        return degreesOfFreedom * Math.pow(1 - spread + Z * Math.sqrt(spread), 3);
    }
}
