package dev.touchstone.cli;

import dev.touchstone.parity.TapResult;
import dev.touchstone.parity.errors.ErrorDistribution.Element;
import java.util.Arrays;
import java.util.Locale;

/** A tap as a line of a table. */
final class TapLine {
    static final String HEAD = String.format(
            "  %-9s %6s  %9s  %6s  %9s  %-24s %s%n",
            "verdict",
            "ratio",
            "max error",
            "over",
            "local",
            "tap",
            "shape, and the worst element: ours for expected at its index");

    private TapLine() {}

    static String of(TapResult tap) {
        return String.format(
                Locale.ROOT,
                "  %-9s %6s  %9.2e  %5.1f%%  %9.2e  %-24s %s%s%s%n",
                tap.verdict(),
                tap.exact() ? "-" : String.format(Locale.ROOT, "%.2f", tap.ratio()),
                tap.inherited().max(),
                100.0 * tap.distribution().overBound() / count(tap.shape()),
                tap.local().max(),
                tap.name(),
                Arrays.toString(tap.shape()),
                tap.inherited().max() == 0
                        ? ""
                        : worst(tap.distribution().worst().get(0)),
                notes(tap));
    }

    private static String notes(TapResult tap) {
        String leftOut = tap.leftOut() == 0 ? "" : "; after a near tie, without " + tokens(tap.leftOut());
        return leftOut + (tap.passesByBound() ? "; few tokens, passes by the bound on the largest error" : "");
    }

    private static String tokens(int count) {
        return count + (count == 1 ? " token" : " tokens");
    }

    private static String worst(Element element) {
        return String.format(
                Locale.ROOT,
                ", %s for %.9g at %s",
                element.actual(),
                element.expected(),
                Arrays.toString(element.index()));
    }

    private static int count(int[] shape) {
        return Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    }
}
