package dev.touchstone.generation.processors;

import dev.touchstone.util.TouchstoneException;
import java.util.Arrays;

/**
 * Keeps the {@code k} tokens with the highest scores, and those with the same score as the last of them. Hugging Face's
 * {@code TopKLogitsWarper}.
 */
public record TopK(int k) implements LogitsProcessor {
    public TopK {
        if (k < 1) {
            throw new TouchstoneException("top-k must be at least 1, got " + k + "; leave it out to keep every token");
        }
    }

    /** {@code -inf} for every score below the {@code k}-th highest. (S), (V) -> (V) */
    @Override
    public float[] process(int[] ids, float[] scores) {
        float[] ascending = scores.clone();
        Arrays.sort(ascending);
        float lowest = ascending[Math.max(0, scores.length - k)];
        return Filter.keep(scores, v -> !(scores[v] < lowest));
    }
}
