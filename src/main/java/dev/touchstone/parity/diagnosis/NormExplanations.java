package dev.touchstone.parity.diagnosis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * What a norm has done instead. Its input, its kind, gain, bias and epsilon are not known here, but follow from the right
 * output.
 */
record NormExplanations(Difference it, Parts parts) {
    private static final int ENOUGH_ROWS = 4;

    String read() {
        if (it.shape().length != 2 || it.rows() < ENOUGH_ROWS) {
            return "";
        }
        for (String input : inputs()) {
            double[] x = parts.of(input);
            if (x == null || x.length != it.actual().length) {
                continue;
            }
            for (int columns : sizes()) {
                for (int centred = 0; centred < 2; centred++) {
                    NormFit right = NormFit.best(centred, x, it.expected(), columns);
                    if (NormFit.explains(right, it.expected())) {
                        return against(right, x, input);
                    }
                }
            }
        }
        return "";
    }

    /** What a norm may be of. */
    private List<String> inputs() {
        String stream = parts.stream();
        List<String> inputs = new ArrayList<>(List.of(stream, stream + " + " + parts.attention()));
        parts.norms().forEach(norm -> inputs.add(stream + " + " + norm)); // after another norm
        inputs.addAll(List.of(parts.attention(), parts.mlp()));
        inputs.add(parts.beside(parts.point().replace("_norm", "_proj")));
        inputs.addAll(List.of("word_embeddings"));
        return inputs;
    }

    /** Over how many columns: all of a row, or those of each head. */
    private int[] sizes() {
        boolean heads = parts.point().equals("q_norm") || parts.point().equals("k_norm");
        return IntStream.iterate(it.columns(), columns -> columns > 1, columns -> columns - 1)
                .filter(columns -> columns == it.columns() || heads && it.columns() % columns == 0)
                .toArray();
    }

    private String against(NormFit right, double[] x, String input) {
        if (it.is(x)) {
            return "this is its input: there is no norm";
        }
        int columns = right.gain().length;
        double[] actual = it.elements().mapToDouble(i -> it.actual()[i]).toArray();
        String weights = weights(right, NormFit.of(right.centred(), x, actual, right.epsilon(), columns), x);
        if (!weights.isEmpty()) {
            return weights;
        }
        NormFit ours = NormFit.best(right.centred(), x, actual, columns);
        if (it.is(right.output(ours.unit(x)))) {
            return "its epsilon is " + shown(ours.epsilon()) + " and should be " + shown(right.epsilon());
        }
        String unit = unit(right, x);
        return unit.isEmpty() ? new NormInputs(it, parts, right, input).read() : unit;
    }

    private static String shown(double epsilon) {
        return epsilon == 0 ? "0" : String.format(Locale.ROOT, "%.0e", epsilon).replace("e-0", "e-");
    }

    /** Whether rows are brought to length in another way. */
    private String unit(NormFit right, double[] x) {
        int columns = right.gain().length;
        double share = 1 - 1.0 / columns; // (C - 1) / C
        double[] unbiased = scaled(right.unit(x, right.epsilon() * share), Math.sqrt(share));
        double[] sum = scaled(right.unit(x, right.epsilon() / columns), Math.sqrt(1.0 / columns));
        if (right.centred() == 1 && it.is(right.output(unbiased))) {
            return "the variance divides by C - 1, and should divide by C";
        }
        if (it.is(right.output(sum))) {
            return "the sum of squares stands where their mean belongs";
        }
        if (it.is(right.output(right.outside(x)))) {
            return "epsilon is added to the root, and belongs under it";
        }
        if (right.centred() == 1
                && (it.is(right.output(right.unit(x, 0, 1))) || it.is(right.output(right.unit(x, 0, 0))))) {
            return "the mean is not subtracted";
        }
        if (right.centred() == 0 && it.is(right.output(right.unit(x, 1, 1)))) {
            return "the mean is subtracted, as in LayerNorm: this is an RMSNorm";
        }
        if (it.is(right.output(right.overTokens(x)))) {
            return "mean and variance are over the tokens: they belong over the channels";
        }
        int whole = it.columns();
        return whole > columns
                        && it.is(
                                right.output(NormFit.unit(x, right.epsilon(), whole, right.centred(), right.centred())))
                ? "normed over all heads at once: each head by itself, " + columns + " channels"
                : "";
    }

    private static double[] scaled(double[] x, double factor) {
        return Arrays.stream(x).map(value -> value * factor).toArray();
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
            found.add(gain(ours.gain(), right.gain()));
        }
        if (!same(ours.bias(), right.bias())) {
            boolean none = Arrays.stream(ours.bias()).allMatch(bias -> Math.abs(bias) < 1e-4);
            found.add(none ? "the bias is missing" : "a bias that is not its own");
        }
        return String.join("; ", found);
    }

    private static String gain(double[] ours, double[] right) {
        double[] ones = DoubleStream.generate(() -> 1).limit(right.length).toArray();
        if (same(ours, ones)) {
            return "the gain is missing";
        }
        if (same(ours, Arrays.stream(right).map(gain -> gain + 1).toArray())) {
            return "gains are told from 1, and should be from 0";
        }
        return same(ours, Arrays.stream(right).map(gain -> gain - 1).toArray())
                ? "gains are told from 0, and should be from 1"
                : "a gain that is not its own";
    }

    private static boolean same(double[] a, double[] b) {
        return IntStream.range(0, a.length).allMatch(i -> Math.abs(a[i] - b[i]) <= 1e-4 * (1 + Math.abs(b[i])));
    }
}
