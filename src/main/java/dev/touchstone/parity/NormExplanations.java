package dev.touchstone.parity;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What a layer norm has done instead. Gain, bias and epsilon are not known here, but follow from the right output.
 *
 * @param terms the names of what is added up to make its input
 */
record NormExplanations(Difference it, List<String> terms, Function<String, double[]> inputs) {
    private static final int ENOUGH_ROWS = 4;
    private static final int MOST_LAYERS = 1000;
    private static final double[] EPSILONS = {0, 1e-12, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 5e-4, 1e-3, 1e-2, 0.02, 0.03, 0.1
    };

    /** What one output is of one input: {@code gain * (x - mean) / sqrt(variance + epsilon) + bias}, by columns. */
    private record Fit(double epsilon, double[] gain, double[] bias, double error) {}

    String read() {
        double[] x = sum(1);
        if (x == null || it.shape().length != 2 || it.rows() < ENOUGH_ROWS || x.length != it.actual().length) {
            return "";
        }
        if (it.is(x)) {
            return "this is its input: there is no norm";
        }
        double[] actual = it.elements().mapToDouble(i -> it.actual()[i]).toArray();
        Fit right = best(x, it.expected());
        String weights = weights(right, fit(x, actual, right.epsilon), x);
        return !weights.isEmpty() ? weights : otherwise(x, right, best(x, actual));
    }

    private String otherwise(double[] x, Fit right, Fit ours) {
        if (it.is(output(unit(x, ours.epsilon, 1, 1), right))) {
            return "its epsilon is " + shown(ours.epsilon) + " and should be " + shown(right.epsilon);
        }
        double share = 1 - 1.0 / it.columns(); // (C - 1) / C
        double[] unbiased = Arrays.stream(unit(x, right.epsilon * share, 1, 1))
                .map(value -> value * Math.sqrt(share))
                .toArray();
        if (it.is(output(unbiased, right))) {
            return "the variance divides by C - 1, and should divide by C";
        }
        if (it.is(output(unit(x, right.epsilon, 0, 1), right)) || it.is(output(unit(x, right.epsilon, 0, 0), right))) {
            return "the mean is not subtracted";
        }
        if (it.is(output(overTokens(x, right.epsilon), right))) {
            return "mean and variance are over the tokens: they belong over the channels";
        }
        String residual = terms.size() > 1 ? residual(right) : "";
        return !residual.isEmpty() ? residual : stream(right);
    }

    private static String shown(double epsilon) {
        return epsilon == 0 ? "0" : String.format(Locale.ROOT, "%.0e", epsilon).replace("e-0", "e-");
    }

    /** Whether its input is another point of the residual stream. */
    private String stream(Fit right) {
        return Stream.concat(Stream.of("drop"), IntStream.range(0, MOST_LAYERS).mapToObj(layer -> "h." + layer))
                .takeWhile(stream -> inputs.apply(stream) != null)
                .filter(stream -> it.is(output(unit(inputs.apply(stream), right.epsilon, 1, 1), right)))
                .findFirst()
                .map(stream -> "its input is " + stream + ": blocks in another order, or one left out")
                .orElse("");
    }

    /** What else was added up before the second norm of a block. */
    private String residual(Fit right) {
        for (int times : new int[] {0, 2}) {
            double[] other = sum(times);
            if (it.is(output(unit(other, right.epsilon, 1, 1), right))) {
                return terms.get(1) + (times == 0 ? " is not added to its input" : " is added to its input twice");
            }
        }
        String before = terms.get(1);
        double[] alone = inputs.apply(before);
        if (it.is(output(unit(alone, right.epsilon, 1, 1), right))) {
            return before + " alone is its input: the residual is missing";
        }
        double[] normed = inputs.apply(it.tap().replace("ln_2", "ln_1"));
        if (it.is(output(unit(plus(normed, alone, 1), right.epsilon, 1, 1), right))) {
            return before + " is added to its normed input: the residual stream is what it read from";
        }
        return "";
    }

    /** What is said of gain and bias, if another pair of them gives our output. */
    private String weights(Fit right, Fit ours, double[] x) {
        if (!it.is(output(unit(x, right.epsilon, 1, 1), ours))) {
            return "";
        }
        if (same(ours.gain, right.bias) && same(ours.bias, right.gain)) {
            return "gain and bias are swapped";
        }
        List<String> found = new ArrayList<>();
        if (!same(ours.gain, right.gain)) {
            boolean ones = Arrays.stream(ours.gain).allMatch(gain -> Math.abs(gain - 1) < 1e-4);
            found.add(ones ? "the gain is missing" : "a gain that is not its own");
        }
        if (!same(ours.bias, right.bias)) {
            boolean none = Arrays.stream(ours.bias).allMatch(bias -> Math.abs(bias) < 1e-4);
            found.add(none ? "the bias is missing" : "a bias that is not its own");
        }
        return String.join("; ", found);
    }

    private static boolean same(double[] a, double[] b) {
        return IntStream.range(0, a.length).allMatch(i -> Math.abs(a[i] - b[i]) <= 1e-4 * (1 + Math.abs(b[i])));
    }

    /** The first term, and the others so many times. Null where one is not known. */
    private double[] sum(int times) {
        double[] sum = inputs.apply(terms.get(0));
        for (String term : terms.subList(1, terms.size())) {
            sum = plus(sum, inputs.apply(term), times);
        }
        return sum;
    }

    private static double[] plus(double[] x, double[] y, int times) {
        return x == null || y == null
                ? null
                : IntStream.range(0, x.length)
                        .mapToDouble(i -> x[i] + times * y[i])
                        .toArray();
    }

    /** The fit with the epsilon that fits best. */
    private Fit best(double[] x, double[] output) {
        Fit best = fit(x, output, EPSILONS[0]);
        for (double epsilon : EPSILONS) {
            Fit other = fit(x, output, epsilon);
            best = other.error < best.error ? other : best;
        }
        return best;
    }

    private Fit fit(double[] x, double[] output, double epsilon) {
        int columns = it.columns();
        double[] unit = unit(x, epsilon, 1, 1);
        double[] ones = new double[x.length];
        Arrays.fill(ones, 1);
        double[] gain = new double[columns];
        double[] bias = new double[columns];
        for (int c = 0; c < columns; c++) {
            int first = c;
            int[] column = IntStream.range(0, it.rows())
                    .map(row -> row * columns + first)
                    .toArray();
            double[] fit = LeastSquares.fit(List.of(unit, ones), output, column);
            gain[c] = fit[0];
            bias[c] = fit[1];
        }
        double[] fitted = output(unit, new Fit(epsilon, gain, bias, 0));
        double error = IntStream.range(0, x.length)
                .mapToDouble(i -> Math.pow(fitted[i] - output[i], 2))
                .sum();
        return new Fit(epsilon, gain, bias, error);
    }

    private double[] output(double[] unit, Fit fit) {
        int columns = it.columns();
        return IntStream.range(0, unit.length)
                .mapToDouble(i -> unit[i] * fit.gain[i % columns] + fit.bias[i % columns])
                .toArray();
    }

    /** Each row brought to length 1 in each channel; {@code centred} and {@code about} say where the mean is subtracted. */
    private double[] unit(double[] x, double epsilon, int centred, int about) {
        int columns = it.columns();
        double[] unit = new double[x.length];
        for (int row = 0; row < it.rows(); row++) {
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

    private double[] overTokens(double[] x, double epsilon) {
        int columns = it.columns();
        double[] unit = new double[x.length];
        for (int c = 0; c < columns; c++) {
            int first = c;
            double[] column = IntStream.range(0, it.rows())
                    .mapToDouble(row -> x[row * columns + first])
                    .toArray();
            double mean = Arrays.stream(column).average().orElseThrow();
            double variance = Arrays.stream(column)
                    .map(value -> Math.pow(value - mean, 2))
                    .average()
                    .orElseThrow();
            for (int row = 0; row < it.rows(); row++) {
                unit[row * columns + c] = (column[row] - mean) / Math.sqrt(variance + epsilon);
            }
        }
        return unit;
    }
}
