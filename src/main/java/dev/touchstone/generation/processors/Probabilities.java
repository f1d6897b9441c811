package dev.touchstone.generation.processors;

import dev.touchstone.util.Remedy;
import dev.touchstone.util.TouchstoneException;

/** From scores to probabilities and to a choice. In double, so that the sampled token does not depend on rounding. */
public final class Probabilities {
    private Probabilities() {}

    /** {@code exp(x - max) / sum}; throws if no token can be sampled, as PyTorch does. (V) -> (V) */
    public static double[] softmax(float[] scores) {
        double max = finiteMax(scores);
        double[] probabilities = new double[scores.length];
        double sum = 0;
        for (int v = 0; v < scores.length; v++) {
            probabilities[v] = StrictMath.exp(scores[v] - max);
            sum += probabilities[v];
        }
        for (int v = 0; v < scores.length; v++) {
            probabilities[v] /= sum;
        }
        return probabilities;
    }

    /** {@code x - max - log(sum(exp(x - max)))}, in float as the scores are. (V) -> (V) */
    public static float[] logSoftmax(float[] scores) {
        double max = finiteMax(scores);
        double sum = 0;
        for (float score : scores) {
            sum += StrictMath.exp(score - max);
        }
        double shift = max + StrictMath.log(sum);
        float[] logProbabilities = new float[scores.length];
        for (int v = 0; v < scores.length; v++) {
            logProbabilities[v] = (float) (scores[v] - shift);
        }
        return logProbabilities;
    }

    private static double finiteMax(float[] scores) {
        int best = argmax(scores);
        if (scores[best] == Float.POSITIVE_INFINITY) {
            throw new TouchstoneException("the score of token " + best + " is infinite, expected a number: a weight is "
                    + "infinite, a sum overflowed, or the temperature is too near 0; check the checkpoint");
        }
        if (scores[best] == Float.NEGATIVE_INFINITY) {
            throw new TouchstoneException(
                    "every token is ruled out, so none can be chosen; allow more repetition",
                    new Remedy("noRepeatNgram"));
        }
        return scores[best];
    }

    /** The index of the largest score, the first of equals, as {@code torch.argmax}. (V) -> id */
    public static int argmax(float[] scores) {
        refuseNaN(scores);
        int best = 0;
        for (int v = 0; v < scores.length; v++) {
            if (scores[v] > scores[best]) {
                best = v;
            }
        }
        return best;
    }

    /** Throws if a score is NaN, because no comparison with NaN is true, so that it would pass every filter. */
    public static void refuseNaN(float[] scores) {
        for (int v = 0; v < scores.length; v++) {
            if (Float.isNaN(scores[v])) {
                throw new TouchstoneException("the score of token " + v + " is NaN, expected a number: a weight is not "
                        + "finite, or a sum overflowed; check the checkpoint");
            }
        }
    }

    /** The token whose interval of [0, 1) contains {@code point}; the lengths of the intervals are the probabilities. (V) -> id */
    public static int sample(double[] probabilities, double point) {
        double sum = 0;
        int last = 0;
        for (int v = 0; v < probabilities.length; v++) {
            if (probabilities[v] > 0) {
                sum += probabilities[v];
                last = v;
                if (point < sum) {
                    return v;
                }
            }
        }
        return last; // the sum may be slightly below 1 because of rounding
    }
}
