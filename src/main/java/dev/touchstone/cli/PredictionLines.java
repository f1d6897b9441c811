package dev.touchstone.cli;

import dev.touchstone.parity.Predictions;
import dev.touchstone.parity.Predictions.Candidate;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The most likely next tokens, below the table of taps. */
final class PredictionLines {
    private PredictionLines() {}

    static String of(Predictions predictions) {
        return String.format(
                Locale.ROOT,
                "  next token (not a test): the same most likely token at %d of %d positions, KL divergence at most %.2g nats%n"
                        + "    ours      %s%n    expected  %s%n",
                predictions.sameArgmax(),
                predictions.positions(),
                predictions.divergence(),
                list(predictions.ours()),
                list(predictions.truth()));
    }

    private static String list(List<Candidate> candidates) {
        return candidates.stream()
                .map(one -> String.format(Locale.ROOT, "%d (%.2f%%)", one.id(), 100 * one.probability()))
                .collect(Collectors.joining(", "));
    }
}
