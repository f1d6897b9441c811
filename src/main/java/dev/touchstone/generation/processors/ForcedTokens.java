package dev.touchstone.generation.processors;

import dev.touchstone.util.TouchstoneException;
import java.util.Arrays;
import java.util.Set;

/**
 * Allows only some tokens when the sequence, prompt included, has {@code length} tokens. Hugging Face's
 * {@code ForcedBOSTokenLogitsProcessor} and {@code ForcedEOSTokenLogitsProcessor}.
 */
public record ForcedTokens(Set<Integer> forced, int length) implements LogitsProcessor {
    public ForcedTokens {
        forced = Set.copyOf(forced);
    }

    /** 0 for the forced tokens, {@code -inf} for all others. (S), (V) -> (V) */
    @Override
    public float[] process(int[] ids, float[] scores) {
        if (ids.length != length) {
            return scores;
        }
        float[] only = new float[scores.length];
        Arrays.fill(only, Float.NEGATIVE_INFINITY);
        for (int id : forced) {
            if (id < 0 || id >= only.length) {
                throw new TouchstoneException(
                        "the forced token " + id + " is not in the vocabulary of " + only.length + " tokens");
            }
            only[id] = 0;
        }
        return only;
    }
}
