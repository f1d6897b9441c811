package dev.touchstone.explain;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The logits of the whole vocabulary in descending order, from which a page computes the distribution at any temperature.
 *
 * @param ids the most likely tokens
 * @param count the number of logits that are finite
 * @param highest the first logit
 * @param lowest the last logit
 * @param packed the finite logits, see {@link Packed#descending}
 */
public record Ranking(int[] ids, int count, float highest, float lowest, String packed) {
    private static final int NAMED = 40;

    /** The ranking of logits. Of equal ones the lower id comes first. (V) */
    static Ranking of(float[] logits, MentionedTokens vocabulary) {
        int[] order = IntStream.range(0, logits.length)
                .filter(id -> Float.isFinite(logits[id]))
                .boxed()
                .sorted(Comparator.comparingDouble((Integer id) -> -logits[id]))
                .mapToInt(Integer::intValue)
                .toArray();
        if (order.length == 0) {
            return null;
        }
        float[] sorted = new float[order.length];
        for (int i = 0; i < order.length; i++) {
            sorted[i] = logits[order[i]];
        }
        int[] ids = IntStream.of(order).limit(NAMED).toArray();
        vocabulary.add(ids);
        return new Ranking(ids, sorted.length, sorted[0], sorted[sorted.length - 1], Packed.descending(sorted));
    }
}
