package dev.touchstone.generation.processors;

import dev.touchstone.util.TouchstoneException;

/**
 * Makes every token that the sequence has, prompt included, less likely, once however often it occurs (Keskar et al.
 * 2019, arXiv:1909.05858). Hugging Face's {@code RepetitionPenaltyLogitsProcessor}.
 */
public record RepetitionPenalty(double penalty) implements LogitsProcessor {
    public RepetitionPenalty {
        if (!((float) penalty > 0)) {
            throw new TouchstoneException("repetition penalty must be above 0, got " + Numbers.spelled(penalty)
                    + "; 1 changes nothing, more discourages repetition");
        }
    }

    /** {@code score * penalty} where negative, else {@code score / penalty}. (S), (V) -> (V) */
    @Override
    public float[] process(int[] ids, float[] scores) {
        float[] penalized = scores.clone();
        for (int id : ids) {
            float score = scores[id]; // the original: a second occurrence changes nothing
            penalized[id] = score < 0 ? score * (float) penalty : score / (float) penalty;
        }
        return penalized;
    }
}
