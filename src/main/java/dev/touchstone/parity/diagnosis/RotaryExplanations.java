package dev.touchstone.parity.diagnosis;

import dev.touchstone.kernels.RotaryLayout;
import dev.touchstone.model.Rotary;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.DoublePredicate;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Explains a wrong rotary table by its frequencies, positions or factor. A row has the cosines of R channels, then their
 * sines; both channels of a pair have the same. (T, 2 R)
 */
final class RotaryExplanations {
    /** The largest relative error of rounding to bfloat16. */
    private static final double FEW_BITS = 0x1p-8;

    private final Difference difference;
    /** Columns from the angle of one pair to that of the next. */
    private final int step;

    private final int pairs;
    private final Rotary rotary;
    private final Table ours;
    private final Table right;

    RotaryExplanations(Difference difference, Rotary rotary) {
        this.difference = difference;
        this.step = rotary.layout() == RotaryLayout.INTERLEAVED ? 2 : 1;
        this.pairs = difference.columns() / 4;
        this.rotary = rotary;
        this.ours = new Table(i -> difference.actual()[i]);
        this.right = new Table(i -> difference.expected()[i]);
    }

    /** The wrong table, or the right one. */
    private final class Table {
        private final IntToDoubleFunction element;

        Table(IntToDoubleFunction element) {
            this.element = element;
        }

        double angle(int t, int pair) {
            int at = t * difference.columns() + pair * step;
            return Math.atan2(element.applyAsDouble(at + difference.columns() / 2), element.applyAsDouble(at));
        }

        /** Radians per position: the median of the differences between consecutive tokens. */
        double frequency(int pair) {
            double[] steps = IntStream.range(1, difference.rows())
                    .mapToDouble(t -> Math.abs(Math.IEEEremainder(angle(t, pair) - angle(t - 1, pair), 2 * Math.PI)))
                    .sorted()
                    .toArray();
            return steps[steps.length / 2];
        }

        double[] frequencies() {
            return IntStream.range(0, pairs).mapToDouble(this::frequency).toArray();
        }

        /** The factor on cosines and sines. */
        double factor() {
            return Math.hypot(element.applyAsDouble(0), element.applyAsDouble(difference.columns() / 2));
        }
    }

    String read() {
        if (difference.columns() % 4 != 0 || pairs < 2 || difference.rows() < 3) {
            return "";
        }
        if (Math.abs(ours.factor() - right.factor()) > 1e-4) {
            return String.format(
                    Locale.ROOT,
                    "cosines and sines have the factor %.4g, should have %.4g: the attention factor of YaRN or LongRoPE",
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
        if (rotary.longer() != null && isOf(rotary.frequencies(), f)) {
            return "the frequencies are those of a sequence within the trained context, should be those of a longer one";
        }
        double first = ratios[0];
        if (all(ratios, ratio -> Math.abs(ratio / first - 1) < 1e-3)) {
            return String.format(
                    Locale.ROOT,
                    "every angle is %.4g times the expected: linear scaling that is missing or inverted",
                    first);
        }
        return geometric(f) > 0 ? exponents(f, expected) : "the frequencies are wrong: rotary scaling";
    }

    private static boolean isOf(List<Double> frequencies, double... found) {
        return IntStream.range(0, found.length).allMatch(i -> Math.abs(found[i] / frequencies.get(i) - 1) < FEW_BITS);
    }

    /** The frequencies are right, at least to the precision of bfloat16. */
    private String almost(double[] expected) {
        int slow = pairs - 1;
        double late = Math.IEEEremainder(ours.angle(0, slow) - right.angle(0, slow), 2 * Math.PI) / expected[slow];
        if (Math.abs(late) > 0.5) {
            return "positions start " + Math.abs(Math.round(late)) + (late > 0 ? " too late" : " too early");
        }
        return "the frequencies are rounded to bfloat16 or float16, should be float32";
    }

    private String exponents(double[] f, double[] expected) {
        double theta = geometric(f);
        double base = geometric(expected);
        if (base < 0) {
            return "the frequencies are those of theta " + shown(theta) + ": the scaling of Llama 3 or YaRN is missing";
        }
        double channels = 2 * pairs * Math.log(base) / Math.log(theta);
        boolean whole = Math.abs(channels - Math.round(channels)) < 1e-3 && Math.round(channels) % 2 == 0;
        return "the frequencies are those of theta " + shown(theta) + ", should be " + shown(base)
                + (whole
                        ? "; or the exponents are divided by " + Math.round(channels) + " channels instead of "
                                + 2 * pairs
                        : "");
    }

    /** Without decimals if it is near a whole number, as most are. */
    private static String shown(double theta) {
        return Math.abs(theta - Math.round(theta)) < 1e-3 * theta
                ? "" + Math.round(theta)
                : String.format(Locale.ROOT, "%.4g", theta);
    }

    /** The theta of {@code theta^(-2 i / R)}, or -1 if the frequencies are no such sequence. */
    private double geometric(double[] f) {
        double ratio = Math.log(f[0] / f[1]);
        boolean geometric = Math.abs(f[0] - 1) < 1e-4
                && IntStream.range(1, pairs).allMatch(i -> Math.abs(Math.log(f[i - 1] / f[i]) - ratio) < 1e-3 * ratio);
        return geometric ? Math.exp(ratio * pairs) : -1;
    }

    private static boolean all(double[] values, DoublePredicate holds) {
        return Arrays.stream(values).allMatch(holds);
    }
}
