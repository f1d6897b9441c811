package dev.touchstone.generation.processors;

import dev.touchstone.util.TouchstoneException;
import java.util.Arrays;

/**
 * Excludes every token that would complete a sequence of {@code size} tokens that the sequence, prompt included, already
 * has. Hugging Face's {@code NoRepeatNGramLogitsProcessor}.
 */
public record NoRepeatNgram(int size) implements LogitsProcessor {
    public NoRepeatNgram {
        if (size < 1) {
            throw new TouchstoneException(
                    "no-repeat-ngram must be at least 1, got " + size + "; leave it out to allow repetition");
        }
    }

    /** {@code -inf} for the tokens that followed earlier occurrences of the last {@code size - 1} tokens. (S), (V) -> (V) */
    @Override
    public float[] process(int[] ids, float[] scores) {
        float[] allowed = scores.clone();
        int prefix = ids.length - (size - 1);
        for (int start = 0; start <= ids.length - size; start++) {
            int next = start + size - 1;
            if (Arrays.equals(ids, start, next, ids, prefix, ids.length)) {
                allowed[ids[next]] = Float.NEGATIVE_INFINITY;
            }
        }
        return allowed;
    }
}
