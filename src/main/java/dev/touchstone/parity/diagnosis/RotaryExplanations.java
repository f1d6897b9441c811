package dev.touchstone.parity.diagnosis;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.DoublePredicate;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * What was done otherwise to a table of angles: cosines and then sines of each token, of as many channels as turn, the
 * second half of them like the first. (T, 2 R)
 */
final class RotaryExplanations {
    /** What rounding to bfloat16 changes a number by at most. */
    private static final double FEW_BITS = 0x1p-8;

    private final Difference it;
    private final int pairs;
    private final Table ours;
    private final Table right;

    RotaryExplanations(Difference it) {
        this.it = it;
        this.pairs = it.columns() / 4;
        this.ours = new Table(i -> it.actual()[i]);
        this.right = new Table(i -> it.expected()[i]);
    }

    /** One of the two tables, element by element. */
    private final class Table {
        private final IntToDoubleFunction element;

        Table(IntToDoubleFunction element) {
            this.element = element;
        }

        double angle(int t, int pair) {
            int at = t * it.columns() + pair;
            return Math.atan2(element.applyAsDouble(at + it.columns() / 2), element.applyAsDouble(at));
        }

        /** Radians a position: the middle of what the steps from token to token say. */
        double frequency(int pair) {
            double[] steps = IntStream.range(1, it.rows())
                    .mapToDouble(t -> Math.abs(Math.IEEEremainder(angle(t, pair) - angle(t - 1, pair), 2 * Math.PI)))
                    .sorted()
                    .toArray();
            return steps[steps.length / 2];
        }

        double[] frequencies() {
            return IntStream.range(0, pairs).mapToDouble(this::frequency).toArray();
        }

        /** What cosines and sines are multiplied by. */
        double factor() {
            return Math.hypot(element.applyAsDouble(0), element.applyAsDouble(it.columns() / 2));
        }
    }

    String read() {
        if (it.columns() % 4 != 0 || pairs < 2 || it.rows() < 3) {
            return "";
        }
        if (Math.abs(ours.factor() - right.factor()) > 1e-4) {
            return String.format(
                    Locale.ROOT,
                    "cosines and sines are multiplied by %.4g, and should be by %.4g: YaRN's factor",
                    ours.factor(),
                    right.factor());
        }
        double[] f = ours.frequencies();
        double[] expected = right.frequencies();
        double[] ratios =
                IntStream.range(0, pairs).mapToDouble(i -> f[i] / expected[i]).toArray();
        if (all(ratios, ratio -> Math.abs(ratio - 1) < FEW_BITS)) {
            return almost(expected);
        }
        double first = ratios[0];
        if (all(ratios, ratio -> Math.abs(ratio / first - 1) < 1e-3)) {
            return String.format(
                    Locale.ROOT,
                    "every angle is %.4g times what it should be: linear scaling, left out or the wrong way round",
                    first);
        }
        return geometric(f) > 0 ? exponents(f, expected) : "other frequencies: the scaling of rotary positions";
    }

    /** The right frequencies, or next to. */
    private String almost(double[] expected) {
        int slow = pairs - 1;
        double late = Math.IEEEremainder(ours.angle(0, slow) - right.angle(0, slow), 2 * Math.PI) / expected[slow];
        if (Math.abs(late) > 0.5) {
            return "positions start " + Math.abs(Math.round(late)) + (late > 0 ? " too late" : " too early");
        }
        return "frequencies of few bits: in bfloat16 or float16, and not in float32";
    }

    private String exponents(double[] f, double[] expected) {
        double theta = geometric(f);
        double wanted = geometric(expected);
        if (wanted < 0) {
            return "the frequencies of theta " + shown(theta)
                    + " and nothing more: their scaling, Llama 3's or YaRN's, is missing";
        }
        double channels = 2 * pairs * Math.log(wanted) / Math.log(theta);
        boolean whole = Math.abs(channels - Math.round(channels)) < 1e-3 && Math.round(channels) % 2 == 0;
        return "the frequencies of theta " + shown(theta) + ", and should be of " + shown(wanted)
                + (whole
                        ? "; or their exponents are over " + Math.round(channels) + " channels instead of " + 2 * pairs
                        : "");
    }

    /** As people choose it, a whole number as a rule. */
    private static String shown(double theta) {
        return Math.abs(theta - Math.round(theta)) < 1e-3 * theta
                ? "" + Math.round(theta)
                : String.format(Locale.ROOT, "%.4g", theta);
    }

    /** The theta of {@code theta^(-2 i / R)}, or -1 if they are something else. */
    private double geometric(double[] f) {
        double step = Math.log(f[0] / f[1]);
        boolean geometric = Math.abs(f[0] - 1) < 1e-4
                && IntStream.range(1, pairs).allMatch(i -> Math.abs(Math.log(f[i - 1] / f[i]) - step) < 1e-3 * step);
        return geometric ? Math.exp(step * pairs) : -1;
    }

    private static boolean all(double[] values, DoublePredicate holds) {
        return Arrays.stream(values).allMatch(holds);
    }
}
