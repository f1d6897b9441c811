package dev.touchstone.cli;

import dev.touchstone.parity.RunDifference;
import dev.touchstone.parity.RunDifference.Change;
import java.util.Locale;

/** What changed between two runs, as lines: the taps with the largest changes, and how many there are. */
final class RunDifferenceLines {
    private static final int SHOWN = 20;

    private RunDifferenceLines() {}

    static String of(RunDifference difference) {
        StringBuilder lines = new StringBuilder();
        if (!difference.changes().isEmpty()) {
            lines.append(
                    String.format("  %-9s  %-9s  %9s  %9s  %8s  tap%n", "before", "after", "error", "error", "factor"));
        }
        difference.changes().stream().limit(SHOWN).forEach(change -> lines.append(line(change)));
        if (difference.changes().size() > SHOWN) {
            lines.append(String.format(
                    Locale.ROOT, "  and %,d more%n", difference.changes().size() - SHOWN));
        }
        lines.append(only("only in the first", difference.onlyBefore().size()));
        lines.append(only("only in the second", difference.onlyAfter().size()));
        return lines.toString();
    }

    /** One line for both runs. */
    static String summary(RunDifference difference) {
        int all = difference.equal() + difference.changes().size();
        long smaller = difference.changes().stream()
                .filter(change -> change.errorAfter() < change.errorBefore())
                .count();
        long larger = difference.changes().stream()
                .filter(change -> !(change.errorAfter() <= change.errorBefore()))
                .count();
        return String.format(
                Locale.ROOT,
                "%,d taps in both: %,d with equal errors, %,d smaller, %,d larger; %,d that passed now fail%n",
                all,
                all - smaller - larger,
                smaller,
                larger,
                difference.failures().size());
    }

    private static String line(Change change) {
        return String.format(
                Locale.ROOT,
                "  %-9s  %-9s  %9.2e  %9.2e  %8.3g  %s%n",
                change.before(),
                change.after(),
                change.errorBefore(),
                change.errorAfter(),
                change.factor(),
                change.tap());
    }

    private static String only(String where, int count) {
        return count == 0 ? "" : String.format(Locale.ROOT, "  %,d taps are %s run%n", count, where);
    }
}
