package dev.touchstone.parity;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A layer norm as its input and its output show it: {@code gain * (x - mean) / sqrt(variance + epsilon) + bias}.
 *
 * @param error the sum of squares of what it leaves unexplained
 */
record NormFit(double epsilon, double[] gain, double[] bias, double error) {
    private static final double[] EPSILONS = {0, 1e-12, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 5e-4, 1e-3, 1e-2, 0.02, 0.03, 0.1
    };

    /** The fit with the epsilon that fits best. */
    static NormFit best(double[] x, double[] output, int columns) {
        NormFit best = of(x, output, EPSILONS[0], columns);
        for (double epsilon : EPSILONS) {
            NormFit other = of(x, output, epsilon, columns);
            best = other.error < best.error ? other : best;
        }
        return best;
    }

    /** Gain and bias of each column, for this epsilon. */
    static NormFit of(double[] x, double[] output, double epsilon, int columns) {
        double[] unit = unit(x, epsilon, columns, 1, 1);
        double[] ones = new double[x.length];
        Arrays.fill(ones, 1);
        double[] gain = new double[columns];
        double[] bias = new double[columns];
        for (int c = 0; c < columns; c++) {
            int first = c;
            int[] column = IntStream.range(0, x.length / columns)
                    .map(row -> row * columns + first)
                    .toArray();
            double[] fit = LeastSquares.fit(List.of(unit, ones), output, column);
            gain[c] = fit[0];
            bias[c] = fit[1];
        }
        double[] fitted = new NormFit(epsilon, gain, bias, 0).output(unit);
        double error = IntStream.range(0, x.length)
                .mapToDouble(i -> Math.pow(fitted[i] - output[i], 2))
                .sum();
        return new NormFit(epsilon, gain, bias, error);
    }

    /** What the norm makes of rows that are brought to length already. */
    double[] output(double[] unit) {
        int columns = gain.length;
        return IntStream.range(0, unit.length)
                .mapToDouble(i -> unit[i] * gain[i % columns] + bias[i % columns])
                .toArray();
    }

    /** Each row brought to length 1 in each channel; {@code centred} and {@code about} say where the mean is subtracted. */
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
        return unit(x, 1, 1);
    }

    double[] unit(double[] x, int centred, int about) {
        return unit(x, epsilon, gain.length, centred, about);
    }

    /** The same of columns. */
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
