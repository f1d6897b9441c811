package dev.touchstone.support;

import dev.touchstone.parity.TapResult;
import java.util.Locale;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestPlan;

/** Counts what the suite compares and prints the totals once, at the end of the run. */
public final class Scoreboard implements TestExecutionListener {
    private static final Tally GOLDEN = new Tally();
    private static final Tally ORACLE = new Tally();
    private static int prompts;

    /** Ratios of our error to PyTorch's, at the taps of one kind of check. */
    private static final class Tally {
        private long taps;
        private long numbers;
        private long exact;
        private long ratios;
        private double logs;
        private double largest;
        private String where = "nowhere";

        void add(String place, TapResult tap) {
            taps++;
            numbers += tap.inherited().finite();
            if (tap.exact()) {
                exact++;
                return;
            }
            ratios++;
            // An error of 0 where PyTorch has one counts as a thousandth of it: its logarithm would drown the mean.
            logs += Math.log(Math.max(tap.ratio(), 1e-3));
            if (tap.ratio() > largest) {
                largest = tap.ratio();
                where = place + " " + tap.name();
            }
        }

        String summary() {
            return String.format(
                    Locale.ROOT,
                    "%,d taps, %,d numbers; error over PyTorch's own: geometric mean %.3f, largest %.3f (%s);"
                            + " %,d taps exact as PyTorch's are",
                    taps,
                    numbers,
                    Math.exp(logs / ratios),
                    largest,
                    where,
                    exact);
        }
    }

    /** A tap of a golden file was compared. */
    public static synchronized void golden(String where, TapResult tap) {
        GOLDEN.add(where, tap);
    }

    /** A tap of a prompt that PyTorch ran in process was compared. */
    public static synchronized void oracle(String where, TapResult tap) {
        ORACLE.add(where, tap);
    }

    /** PyTorch ran a prompt. */
    public static synchronized void oraclePrompt() {
        prompts++;
    }

    @Override
    public void testPlanExecutionFinished(TestPlan plan) {
        if (GOLDEN.taps > 0) {
            System.out.println("Touchstone, goldens: " + GOLDEN.summary());
        }
        if (prompts > 0) {
            System.out.printf(Locale.ROOT, "Touchstone, live oracle: %,d prompts, %s%n", prompts, ORACLE.summary());
        }
    }
}
