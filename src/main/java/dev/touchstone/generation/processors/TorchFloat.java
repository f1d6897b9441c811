package dev.touchstone.generation.processors;

/**
 * Softmax as PyTorch computes it in float32. Where probabilities add up to exactly the threshold of a filter, rounding
 * decides which tokens stay, so a filter must round as Hugging Face does to keep the same tokens. The
 * final sampling is computed in double, see {@link Probabilities}. An infinite maximum gives NaN everywhere, as in PyTorch.
 */
final class TorchFloat {
    private static final int PARTIAL_SUMS = 16;

    private TorchFloat() {}

    /** {@code exp(x - max) * (1 / sum)}. (V) -> (V) */
    static float[] softmax(float[] scores) {
        float max = max(scores);
        float[] probabilities = new float[scores.length];
        for (int v = 0; v < scores.length; v++) {
            probabilities[v] = exp(scores[v] - max);
        }
        float inverse = 1 / sum(probabilities);
        for (int v = 0; v < scores.length; v++) {
            probabilities[v] *= inverse;
        }
        return probabilities;
    }

    /** {@code x - max - log(sum(exp(x - max)))}. (V) -> (V) */
    static float[] logSoftmax(float[] scores) {
        float max = max(scores);
        float[] terms = new float[scores.length];
        for (int v = 0; v < scores.length; v++) {
            terms[v] = exp(scores[v] - max);
        }
        float logSum = (float) StrictMath.log(sum(terms));
        float[] logProbabilities = new float[scores.length];
        for (int v = 0; v < scores.length; v++) {
            logProbabilities[v] = scores[v] - max - logSum;
        }
        return logProbabilities;
    }

    static float exp(float x) {
        return (float) StrictMath.exp(x);
    }

    /** As many partial sums as a vector of 512 bits has lanes, then these in order. (V) -> () */
    static float sum(float[] terms) {
        float[] sums = new float[PARTIAL_SUMS];
        for (int v = 0; v < terms.length; v++) {
            sums[v % PARTIAL_SUMS] += terms[v];
        }
        float sum = 0;
        for (float partial : sums) {
            sum += partial;
        }
        return sum;
    }

    private static float max(float[] scores) {
        float max = Float.NEGATIVE_INFINITY;
        for (float score : scores) {
            max = Math.max(max, score);
        }
        return max;
    }
}
