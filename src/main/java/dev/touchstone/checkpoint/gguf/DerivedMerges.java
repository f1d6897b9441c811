package dev.touchstone.checkpoint.gguf;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * The merges of a SentencePiece vocabulary, which stores a score for each token instead. Two tokens merge if their concatenation is a
 * token; a higher score of the result merges first. The order of equal scores is that of {@code generate_merges} in Hugging Face
 * transformers.
 */
final class DerivedMerges {
    private DerivedMerges() {}

    /** Two tokens that merge, with the score of the result. */
    record Merge(String left, String right, double score) {}

    static List<Merge> of(Map<String, Integer> ids, Map<String, Double> scores) {
        List<Merge> merges = new ArrayList<>();
        ids.keySet().forEach(token -> {
            List<Merge> ofToken = new ArrayList<>();
            for (int i = token.offsetByCodePoints(0, token.isEmpty() ? 0 : 1);
                    i < token.length();
                    i = token.offsetByCodePoints(i, 1)) {
                String left = token.substring(0, i);
                String right = token.substring(i);
                if (ids.containsKey(left) && ids.containsKey(right)) {
                    ofToken.add(new Merge(left, right, scores.get(token)));
                }
            }
            ofToken.sort(Comparator.<Merge>comparingInt(merge -> ids.get(merge.left))
                    .thenComparingInt(merge -> ids.get(merge.right)));
            merges.addAll(ofToken);
        });
        merges.sort(Comparator.comparingDouble(Merge::score)
                .thenComparingInt(merge -> length(merge.left))
                .thenComparingInt(merge -> length(merge.right))
                .reversed());
        return merges;
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }
}
