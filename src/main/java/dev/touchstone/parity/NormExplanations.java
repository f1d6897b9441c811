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

    String read() {
        double[] x = sum(1);
        if (x == null || it.shape().length != 2 || it.rows() < ENOUGH_ROWS || x.length != it.actual().length) {
            return "";
        }
        if (it.is(x)) {
            return "this is its input: there is no norm";
        }
        double[] actual = it.elements().mapToDouble(i -> it.actual()[i]).toArray();
        NormFit right = NormFit.best(x, it.expected(), it.columns());
        String weights = weights(right, NormFit.of(x, actual, right.epsilon(), it.columns()), x);
        return !weights.isEmpty() ? weights : otherwise(x, right, NormFit.best(x, actual, it.columns()));
    }

    private String otherwise(double[] x, NormFit right, NormFit ours) {
        if (it.is(right.output(ours.unit(x)))) {
            return "its epsilon is " + shown(ours.epsilon()) + " and should be " + shown(right.epsilon());
        }
        double share = 1 - 1.0 / it.columns(); // (C - 1) / C
        double[] unbiased = Arrays.stream(NormFit.unit(x, right.epsilon() * share, it.columns(), 1, 1))
                .map(value -> value * Math.sqrt(share))
                .toArray();
        if (it.is(right.output(unbiased))) {
            return "the variance divides by C - 1, and should divide by C";
        }
        if (it.is(right.output(right.unit(x, 0, 1))) || it.is(right.output(right.unit(x, 0, 0)))) {
            return "the mean is not subtracted";
        }
        if (it.is(right.output(right.overTokens(x)))) {
            return "mean and variance are over the tokens: they belong over the channels";
        }
        String residual = terms.size() > 1 ? residual(right) : "";
        return !residual.isEmpty() ? residual : stream(right);
    }

    private static String shown(double epsilon) {
        return epsilon == 0 ? "0" : String.format(Locale.ROOT, "%.0e", epsilon).replace("e-0", "e-");
    }

    /** Whether its input is another point of the residual stream. */
    private String stream(NormFit right) {
        return Stream.concat(Stream.of("drop"), IntStream.range(0, MOST_LAYERS).mapToObj(layer -> "h." + layer))
                .takeWhile(stream -> inputs.apply(stream) != null)
                .filter(stream -> it.is(right.output(right.unit(inputs.apply(stream)))))
                .findFirst()
                .map(stream -> "its input is " + stream + ": blocks in another order, or one left out")
                .orElse("");
    }

    /** What else was added up before the second norm of a block. */
    private String residual(NormFit right) {
        for (int times : new int[] {0, 2}) {
            double[] other = sum(times);
            if (it.is(right.output(right.unit(other)))) {
                return terms.get(1) + (times == 0 ? " is not added to its input" : " is added to its input twice");
            }
        }
        String before = terms.get(1);
        double[] alone = inputs.apply(before);
        if (it.is(right.output(right.unit(alone)))) {
            return before + " alone is its input: the residual is missing";
        }
        double[] normed = inputs.apply(it.tap().replace("ln_2", "ln_1"));
        if (normed != null && it.is(right.output(right.unit(plus(normed, alone, 1))))) {
            return before + " is added to its normed input: the residual stream is what it read from";
        }
        return "";
    }

    /** What is said of gain and bias, if another pair of them gives our output. */
    private String weights(NormFit right, NormFit ours, double[] x) {
        if (!it.is(ours.output(right.unit(x)))) {
            return "";
        }
        if (same(ours.gain(), right.bias()) && same(ours.bias(), right.gain())) {
            return "gain and bias are swapped";
        }
        List<String> found = new ArrayList<>();
        if (!same(ours.gain(), right.gain())) {
            boolean ones = Arrays.stream(ours.gain()).allMatch(gain -> Math.abs(gain - 1) < 1e-4);
            found.add(ones ? "the gain is missing" : "a gain that is not its own");
        }
        if (!same(ours.bias(), right.bias())) {
            boolean none = Arrays.stream(ours.bias()).allMatch(bias -> Math.abs(bias) < 1e-4);
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
}
