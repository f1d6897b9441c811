package dev.touchstone.generation.processors;

import dev.touchstone.util.TouchstoneException;

/**
 * Keeps the tokens that are at least {@code p} times as likely as the most likely one (Nguyen et al. 2024, arXiv:2407.01082).
 * Hugging Face's {@code MinPLogitsWarper}.
 */
public record MinP(double p) implements LogitsProcessor {
    public MinP {
        if (!(p >= 0 && p <= 1)) {
            throw new TouchstoneException("min-p must be from 0 to 1, got " + Numbers.spelled(p));
        }
    }

    /** {@code -inf} for every token less likely than {@code p max(probabilities)}. (S), (V) -> (V) */
    @Override
    public float[] process(int[] ids, float[] scores) {
        float[] probabilities = TorchFloat.softmax(scores);
        float highest = Float.NEGATIVE_INFINITY;
        for (float probability : probabilities) {
            highest = Math.max(highest, probability);
        }
        float lowest = (float) p * highest;
        return Filter.keep(scores, v -> !(probabilities[v] < lowest));
    }
}
