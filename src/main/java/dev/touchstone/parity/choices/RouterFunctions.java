package dev.touchstone.parity.choices;

import dev.touchstone.model.Router.Scores;
import java.util.Arrays;
import java.util.stream.IntStream;

/** What routers make of their logits, in float64. */
public final class RouterFunctions {
    private RouterFunctions() {}

    /** The scores of all experts: the logits, or the sigmoid of each, or the softmax over the experts of a token. (T, E) -> (T, E) */
    public static double[] scores(Scores scores, double[] logits, int experts) {
        return switch (scores) {
            case LOGITS -> logits;
            case SIGMOID ->
                Arrays.stream(logits).map(x -> 1 / (1 + Math.exp(-x))).toArray();
            case SOFTMAX -> softmax(logits, experts);
        };
    }

    private static double[] softmax(double[] logits, int experts) {
        double[] powers = IntStream.range(0, logits.length)
                .mapToDouble(i -> Math.exp(logits[i] - max(logits, i / experts * experts, experts)))
                .toArray();
        return normalized(powers, experts);
    }

    private static double max(double[] values, int from, int count) {
        return Arrays.stream(values, from, from + count).max().orElseThrow();
    }

    /** Divides each row by its sum. (T, N) -> (T, N) */
    public static double[] normalized(double[] values, int columns) {
        return IntStream.range(0, values.length)
                .mapToDouble(i -> values[i] / sum(values, i / columns * columns, columns))
                .toArray();
    }

    private static double sum(double[] values, int from, int count) {
        return Arrays.stream(values, from, from + count).sum();
    }
}
