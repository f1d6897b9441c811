package dev.touchstone.generation;

import dev.touchstone.util.Remedy;
import dev.touchstone.util.TouchstoneException;

/**
 * The settings of a beam search.
 *
 * @param count the number of sequences that are kept; Hugging Face's {@code num_beams}
 * @param lengthPenalty the power in {@code logProbability / length^lengthPenalty}, the score of a sequence: above 0 favours
 *     long sequences, below 0 short ones
 */
public record Beams(int count, double lengthPenalty, EarlyStopping earlyStopping) {
    private static final int MOST = 1 << 16;

    /** When to stop although unfinished beams remain; the values of Hugging Face's {@code early_stopping}. */
    public enum EarlyStopping {
        /** When the score of the best beam, at its current length, is not better than the worst of {@code count} finished sequences. */
        FALSE,
        /** As soon as there are {@code count} finished sequences. */
        TRUE,
        /** When no beam can become better than the worst of {@code count} finished sequences at any length. */
        NEVER
    }

    public Beams {
        if (count < 2) {
            throw new TouchstoneException(
                    "beams must be at least 2, got " + count + "; use greedy decoding instead", new Remedy("greedy"));
        }
        if (count > MOST) {
            throw new TouchstoneException(
                    "beams must be at most " + MOST + ", got " + count + ": each is a separate text in memory");
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
