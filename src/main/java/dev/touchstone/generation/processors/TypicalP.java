package dev.touchstone.generation.processors;

import dev.touchstone.util.TouchstoneException;

/**
 * Keeps the tokens whose information is nearest to the expected one, the entropy, until the sum of their probabilities reaches {@code p}:
 * locally typical sampling (Meister et al. 2022, arXiv:2202.00666). Hugging Face's {@code TypicalLogitsWarper}.
 */
public record TypicalP(double p) implements LogitsProcessor {
    public TypicalP {
        if (!(p > 0 && p < 1)) {
            throw new TouchstoneException("typical-p must be above 0 and below 1, got " + Numbers.spelled(p)
                    + "; leave it out to keep every token");
        }
    }

    /** {@code -inf} for the tokens further from the entropy than the one that crosses {@code p}. (S), (V) -> (V) */
    @Override
    public float[] process(int[] ids, float[] scores) {
        float[] surprise = surprise(TorchFloat.logSoftmax(scores));
        int[] ascending = Filter.ascending(surprise);
        float[] probabilities = TorchFloat.softmax(Filter.pick(scores, ascending));
        int last = 0;
        double sum = probabilities[0];
        while (last < ascending.length - 1 && (float) sum < (float) p) {
            last++;
            sum += probabilities[last];
        }
        float furthest = surprise[ascending[last]];
        return Filter.keep(scores, v -> !(surprise[v] > furthest));
    }

    /** {@code |-log p - entropy|}. (V) -> (V) */
    private static float[] surprise(float[] logProbabilities) {
        float[] terms = new float[logProbabilities.length];
        for (int v = 0; v < terms.length; v++) {
            float term = logProbabilities[v] * TorchFloat.exp(logProbabilities[v]);
            terms[v] = Float.isNaN(term) ? 0 : term; // a token ruled out: 0 log 0 is 0
        }
        float entropy = -TorchFloat.sum(terms);
        float[] surprise = new float[terms.length];
        for (int v = 0; v < terms.length; v++) {
            surprise[v] = Math.abs(-logProbabilities[v] - entropy);
        }
        return surprise;
    }
}
