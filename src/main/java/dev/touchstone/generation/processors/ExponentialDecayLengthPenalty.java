package dev.touchstone.generation.processors;

import dev.touchstone.util.TouchstoneException;
import java.util.Set;

/**
 * Makes the end-of-text tokens exponentially more likely after {@code start} tokens, prompt included. Hugging Face's class of
 * the same name.
 */
public record ExponentialDecayLengthPenalty(int start, double factor, Set<Integer> eosIds) implements LogitsProcessor {
    public ExponentialDecayLengthPenalty {
        eosIds = Set.copyOf(eosIds);
        if (!(factor > 0) || Double.isInfinite(factor)) {
            throw new TouchstoneException("the factor of the exponential decay length penalty must be above 0, got "
                    + Numbers.spelled(factor));
        }
    }

    /** {@code score + |score| (factor^(S - start) - 1)} for the end-of-text tokens. (S), (V) -> (V) */
    @Override
    public float[] process(int[] ids, float[] scores) {
        if (ids.length <= start) {
            return scores;
        }
        float growth = (float) (StrictMath.pow(factor, ids.length - start) - 1);
        float[] raised = scores.clone();
        for (int id : eosIds) {
            if (id < raised.length && Float.isFinite(raised[id])) {
                raised[id] += Math.abs(raised[id]) * growth;
            }
        }
        return raised;
    }
}
