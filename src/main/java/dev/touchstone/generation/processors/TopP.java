package dev.touchstone.generation.processors;

import dev.touchstone.util.TouchstoneException;

/**
 * Keeps the most likely tokens until the sum of their probabilities reaches {@code p}, including the last of them: nucleus
 * sampling (Holtzman et al. 2019, arXiv:1904.09751). Hugging Face's {@code TopPLogitsWarper}.
 */
public record TopP(double p) implements LogitsProcessor {
    public TopP {
        if (!(p >= 0 && p <= 1)) {
            throw new TouchstoneException("top-p must be from 0 to 1, got " + Numbers.spelled(p));
        }
    }

    /**
     * {@code -inf} for the least likely tokens, while the sum of their probabilities is at most {@code 1 - p}. Of equal ones the
     * first are excluded first, and one token always remains. (S), (V) -> (V)
     */
    @Override
    public float[] process(int[] ids, float[] scores) {
        int[] ascending = Filter.ascending(scores);
        float[] probabilities = TorchFloat.softmax(Filter.pick(scores, ascending));
        boolean[] removed = new boolean[scores.length];
        double sum = 0;
        for (int i = 0; i < ascending.length - 1; i++) {
            sum += probabilities[i];
            removed[ascending[i]] = (float) sum <= (float) (1 - p);
        }
        return Filter.keep(scores, v -> !removed[v]);
    }
}
