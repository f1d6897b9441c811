package dev.touchstone.parity.choices;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The scores by which a router chooses the experts of each token: its logits, because the choice is the same by their softmax or
 * sigmoid. (T, E)
 */
record RouterScores(double[] scores, int tokens) {
    private int experts() {
        return scores.length / tokens;
    }

    /** The largest score. */
    double scale() {
        double scale = 0;
        for (double score : scores) {
            scale = Math.max(scale, Math.abs(score));
        }
        return scale;
    }

    /**
     * By how much the score of an expert that is not chosen exceeds that of a chosen one: at most 0 if those with the largest scores are
     * chosen. Infinite if the indices are not those of different experts.
     */
    double margin(int token, List<Integer> chosen) {
        boolean valid = chosen.stream().distinct().count() == chosen.size()
                && chosen.stream().allMatch(expert -> expert >= 0 && expert < experts());
        if (!valid) {
            return Double.POSITIVE_INFINITY;
        }
        double least = chosen.stream()
                .mapToDouble(expert -> score(token, expert))
                .min()
                .orElse(Double.POSITIVE_INFINITY);
        double most = IntStream.range(0, experts())
                .filter(expert -> !chosen.contains(expert))
                .mapToDouble(expert -> score(token, expert))
                .max()
                .orElse(Double.NEGATIVE_INFINITY);
        return most - least;
    }

    /**
     * Whether two scores of a token differ by at most {@code bound} without being equal. Then rounding may change their order, and with it
     * which of experts with equal scores is chosen, because {@code torch.topk} swaps other elements.
     */
    boolean hasNearTie(int token, double bound) {
        double[] sorted = Arrays.copyOfRange(scores, token * experts(), (token + 1) * experts());
        Arrays.sort(sorted);
        return IntStream.range(1, sorted.length)
                .mapToDouble(i -> sorted[i] - sorted[i - 1])
                .anyMatch(gap -> gap > 0 && gap <= bound);
    }

    private double score(int token, int expert) {
        return scores[token * experts() + expert];
    }
}
