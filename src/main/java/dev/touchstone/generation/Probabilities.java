package dev.touchstone.generation;

/** From scores to probabilities and to a choice. In double: what is drawn must not depend on rounding. */
public final class Probabilities {
    private Probabilities() {}

    /** {@code exp(x - max) / sum}. (V) -> (V) */
    public static double[] softmax(float[] scores) {
        float max = scores[argmax(scores)];
        double[] probabilities = new double[scores.length];
        double sum = 0;
        for (int v = 0; v < scores.length; v++) {
            // Where the maximum is infinite, it takes all: inf - inf is no number.
            probabilities[v] = scores[v] == max ? 1 : StrictMath.exp((double) scores[v] - max);
            sum += probabilities[v];
        }
        for (int v = 0; v < scores.length; v++) {
            probabilities[v] /= sum;
        }
        return probabilities;
    }

    /** The index of the largest score, the first of equals. (V) -> id */
    public static int argmax(float[] scores) {
        int best = 0;
        for (int v = 0; v < scores.length; v++) {
            if (Float.isNaN(scores[v])) {
                throw new IllegalStateException("the score of token " + v + " is not a number");
            }
            if (scores[v] > scores[best]) {
                best = v;
            }
        }
        return best;
    }

    /** The token whose share of [0, 1) holds {@code point}. (V) -> id */
    static int draw(double[] probabilities, double point) {
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
        return last; // the shares may add up to a hair less than 1
    }
}
