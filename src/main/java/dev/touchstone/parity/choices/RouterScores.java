package dev.touchstone.parity.choices;

import dev.touchstone.model.ExpertGroups;
import dev.touchstone.model.Router;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * The scores by which a router chooses the experts of each token. (T, E)
 *
 * @param groups of experts, of which only the best are considered; null for no groups
 */
record RouterScores(double[] scores, int tokens, ExpertGroups groups) {
    /** Without groups. */
    RouterScores(double[] scores, int tokens) {
        this(scores, tokens, null);
    }

    /** From logits, which are the scores if there are neither biases nor groups: softmax and sigmoid keep their order. (T, E) */
    static RouterScores of(Router router, double[] logits, int tokens) {
        float[] bias = router.choice().bias();
        ExpertGroups groups = router.choice().groups();
        if (bias == null && groups == null) {
            return new RouterScores(logits, tokens);
        }
        double[] scores = RouterFunctions.scores(router.scores(), logits, logits.length / tokens)
                .clone();
        for (int i = 0; bias != null && i < scores.length; i++) {
            scores[i] += bias[i % bias.length];
        }
        return new RouterScores(scores, tokens, groups);
    }

    private int experts() {
        return scores.length / tokens;
    }

    /** The largest score. */
    double scale() {
        return Arrays.stream(scores).map(Math::abs).max().orElse(0);
    }

    /** The largest difference to other scores at tokens that are not left out. */
    double largestDifference(RouterScores other, BitSet leftOut) {
        return IntStream.range(0, scores.length)
                .filter(i -> !leftOut.get(i / experts()))
                .mapToDouble(i -> Math.abs(scores[i] - other.scores[i]))
                .max()
                .orElse(0);
    }

    /**
     * By how much the score of an expert that is not chosen exceeds that of a chosen one, or the score of their groups: at most 0 if the
     * right experts are chosen. Infinite if the indices are not those of different experts in few enough groups.
     */
    double margin(int token, List<Integer> chosen) {
        boolean valid = chosen.stream().distinct().count() == chosen.size()
                && chosen.stream().allMatch(expert -> expert >= 0 && expert < experts());
        if (!valid) {
            return Double.POSITIVE_INFINITY;
        }
        if (groups == null) {
            return margin(token, chosen, expert -> true);
        }
        int size = experts() / groups.count();
        Set<Integer> used =
                new HashSet<>(chosen.stream().map(expert -> expert / size).toList());
        int free = groups.chosen() - used.size();
        if (free < 0) {
            return Double.POSITIVE_INFINITY;
        }
        List<Integer> others = IntStream.range(0, groups.count())
                .boxed()
                .filter(group -> !used.contains(group))
                .sorted(Comparator.comparingDouble(group -> -groupScore(token, group)))
                .toList();
        double least = used.stream()
                .mapToDouble(group -> groupScore(token, group))
                .min()
                .orElse(Double.POSITIVE_INFINITY);
        double ofGroups = others.size() > free ? groupScore(token, others.get(free)) - least : Double.NEGATIVE_INFINITY;
        Set<Integer> considered = new HashSet<>(used);
        considered.addAll(others.subList(0, Math.min(free, others.size())));
        return Math.max(ofGroups / groups.best(), margin(token, chosen, expert -> considered.contains(expert / size)));
    }

    private double margin(int token, List<Integer> chosen, IntPredicate considered) {
        double least = chosen.stream()
                .mapToDouble(expert -> score(token, expert))
                .min()
                .orElse(Double.POSITIVE_INFINITY);
        double most = IntStream.range(0, experts())
                .filter(considered)
                .filter(expert -> !chosen.contains(expert))
                .mapToDouble(expert -> score(token, expert))
                .max()
                .orElse(Double.NEGATIVE_INFINITY);
        return most - least;
    }

    /** The sum of the best scores of a group. */
    private double groupScore(int token, int group) {
        int size = experts() / groups.count();
        return IntStream.range(group * size, (group + 1) * size)
                .mapToDouble(expert -> -score(token, expert))
                .sorted()
                .limit(groups.best())
                .map(negative -> -negative)
                .sum();
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
