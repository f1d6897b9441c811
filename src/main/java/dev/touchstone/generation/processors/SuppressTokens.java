package dev.touchstone.generation.processors;

import java.util.Set;

/**
 * Excludes tokens while the sequence, prompt included, has at least {@code from} and fewer than {@code until} tokens. It
 * covers four classes of Hugging Face: {@code SuppressTokensLogitsProcessor}, {@code SuppressTokensAtBeginLogitsProcessor},
 * and for the end-of-text tokens {@code MinLengthLogitsProcessor} and {@code MinNewTokensLengthLogitsProcessor}.
 */
public record SuppressTokens(Set<Integer> suppressed, int from, int until) implements LogitsProcessor {
    /** Excludes tokens at every length. */
    public SuppressTokens(Set<Integer> suppressed) {
        this(suppressed, 0, Integer.MAX_VALUE);
    }

    public SuppressTokens {
        suppressed = Set.copyOf(suppressed);
    }

    /** {@code -inf} for the suppressed tokens. Ids outside the vocabulary have no effect. (S), (V) -> (V) */
    @Override
    public float[] process(int[] ids, float[] scores) {
        if (ids.length < from || ids.length >= until) {
            return scores;
        }
        float[] allowed = scores.clone();
        for (int id : suppressed) {
            if (id >= 0 && id < allowed.length) {
                allowed[id] = Float.NEGATIVE_INFINITY;
            }
        }
        return allowed;
    }
}
