package dev.touchstone.parity.diagnosis;

import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * A norm that was fitted to an input and an output: {@code gain * (x - mean) / sqrt(variance + epsilon) + bias}, or, for an
 * RMSNorm, {@code gain * x / sqrt(mean(x²) + epsilon)}.
 *
 * @param centred 1 if the mean is subtracted, 0 for an RMSNorm
 * @param size the number of channels that are normalized together
 * @param gain as many as channels, or as those of several heads with gains of their own
 * @param error the sum of squared residuals of the fit
 */
record NormFit(int centred, double epsilon, int size, double[] gain, double[] bias, double error) {
    private static final double[] EPSILONS = DoubleStream.concat(
                    DoubleStream.of(0, 1e-12, 1e-5, 1e-6),
                    IntStream.rangeClosed(1, 8)
                            .boxed()
                            .flatMapToDouble(digits ->
                                    DoubleStream.of(1, 2, 3, 4, 5, 6, 8).map(first -> first / Math.pow(10, digits))))
            .toArray();

    /** Whether the residuals of the fit are negligible. */
    static boolean explains(NormFit fit, double[] output) {
        return fit.error < 1e-8 * Arrays.stream(output).map(y -> y * y).sum();
    }

    /** The fit with the best epsilon; of several that fit equally well, the first of {@link #EPSILONS}. */
    static NormFit best(int centred, double[] x, double[] output, int size, int columns) {
        NormFit[] fits = Arrays.stream(EPSILONS)
                .mapToObj(epsilon -> of(centred, x, output, epsilon, size, columns))
                .toArray(NormFit[]::new);
        double least = Arrays.stream(fits).mapToDouble(NormFit::error).min().orElseThrow();
        return Arrays.stream(fits)
                .filter(fit -> fit.error <= 1.5 * least)
                .findFirst()
                .orElse(fits[0]);
    }

    /** Fits gain and bias of each of {@code columns} columns, for a given epsilon. */
    static NormFit of(int centred, double[] x, double[] output, double epsilon, int size, int columns) {
        double[] unit = unit(x, epsilon, size, centred, centred);
        double[] ones = new double[x.length];
        Arrays.fill(ones, 1);
        double[] gain = new double[columns];
        double[] bias = new double[columns];
        for (int c = 0; c < columns; c++) {
            int first = c;
            int[] column = IntStream.range(0, x.length / columns)
                    .map(row -> row * columns + first)
                    .toArray();
            double[] fit = LeastSquares.fit(centred == 1 ? List.of(unit, ones) : List.of(unit), output, column);
            gain[c] = fit[0];
            bias[c] = centred == 1 ? fit[1] : 0;
        }
        double[] fitted = new NormFit(centred, epsilon, size, gain, bias, 0).output(unit);
        double error = IntStream.range(0, x.length)
                .mapToDouble(i -> Math.pow(fitted[i] - output[i], 2))
                .sum();
        return new NormFit(centred, epsilon, size, gain, bias, error);
    }

    /** Gain and bias applied to normalized rows. */
    double[] output(double[] unit) {
        int columns = gain.length;
        return IntStream.range(0, unit.length)
                .mapToDouble(i -> unit[i] * gain[i % columns] + bias[i % columns])
                .toArray();
    }

    /**
     * Normalizes each row of {@code columns} values.
     *
     * @param centred 1 if the mean is subtracted from the values, else 0
     * @param about 1 if the mean is subtracted in the variance, else 0
     */
    static double[] unit(double[] x, double epsilon, int columns, int centred, int about) {
        double[] unit = new double[x.length];
        for (int row = 0; row < x.length / columns; row++) {
            double[] one = Arrays.copyOfRange(x, row * columns, (row + 1) * columns);
            double mean = Arrays.stream(one).average().orElseThrow();
            double variance = Arrays.stream(one)
                    .map(value -> Math.pow(value - about * mean, 2))
                    .average()
                    .orElseThrow();
            for (int c = 0; c < columns; c++) {
                unit[row * columns + c] = (one[c] - centred * mean) / Math.sqrt(variance + epsilon);
            }
        }
        return unit;
    }

    double[] unit(double[] x) {
        return unit(x, centred, centred);
    }

    double[] unit(double[] x, int centred, int about) {
        return unit(x, epsilon, size, centred, about);
    }

    /** With another epsilon. */
    double[] unit(double[] x, double epsilon) {
        return unit(x, epsilon, size, centred, centred);
    }

    /** With epsilon added outside the root: {@code x / (root + e)} is {@code (x / root) / (1 + e / root)}. */
    double[] outside(double[] x) {
        double[] plain = unit(x, 0);
        double[] under = unit(x, 1); // x / sqrt(root^2 + 1)
        return IntStream.range(0, x.length)
                .mapToDouble(i -> plain[i] / (1 + epsilon * Math.sqrt(Math.pow(plain[i] / under[i], 2) - 1)))
                .toArray();
    }

    /** Normalizes each column, over the tokens. */
    double[] overTokens(double[] x) {
        int columns = gain.length;
        double[] unit = new double[x.length];
        for (int c = 0; c < columns; c++) {
            int first = c;
            double[] column = IntStream.range(0, x.length / columns)
                    .mapToDouble(row -> x[row * columns + first])
                    .toArray();
            double mean = Arrays.stream(column).average().orElseThrow();
            double variance = Arrays.stream(column)
                    .map(value -> Math.pow(value - mean, 2))
                    .average()
                    .orElseThrow();
            for (int row = 0; row < x.length / columns; row++) {
                unit[row * columns + c] = (column[row] - mean) / Math.sqrt(variance + epsilon);
            }
        }
        return unit;
    }
}
