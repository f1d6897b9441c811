package dev.touchstone.generation;

import dev.touchstone.util.Remedy;
import dev.touchstone.util.TouchstoneException;

/**
 * How to search with beams.
 *
 * @param count how many texts are followed at once; Hugging Face's {@code num_beams}
 * @param lengthPenalty a text's score is its log-probability divided by its length to this power: above 0 favours long
 *     texts, below 0 short ones
 */
public record Beams(int count, double lengthPenalty, EarlyStopping earlyStopping) {
    private static final int MOST = 1 << 16;

    /** When to stop although the beams could go on: the values of Hugging Face's {@code early_stopping}. */
    public enum EarlyStopping {
        /** When the best beam, at its length now, is no better than the worst of {@code count} finished texts. */
        FALSE,
        /** As soon as there are {@code count} finished texts. */
        TRUE,
        /** When no beam can become better than the worst of {@code count} finished texts at any length. */
        NEVER
    }

    public Beams {
        if (count < 2) {
            throw new TouchstoneException(
                    "beams must be at least 2, got " + count + "; use greedy decoding instead", new Remedy("greedy"));
        }
        if (count > MOST) {
            throw new TouchstoneException(
                    "beams must be at most " + MOST + ", got " + count + ": each is a text of its own in memory");
        }
        if (!Double.isFinite(lengthPenalty)) {
            throw new TouchstoneException(
                    "length penalty must be finite, got " + lengthPenalty + "; 1 is the mean, 0 the sum");
        }
    }

    /** Hugging Face's defaults. */
    public static Beams of(int count) {
        return new Beams(count, 1, EarlyStopping.FALSE);
    }

    /** {@code logProbability / length^lengthPenalty} */
    double score(double logProbability, int length) {
        return logProbability / StrictMath.pow(length, lengthPenalty);
    }
}
