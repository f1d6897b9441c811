package dev.touchstone.generation;

import dev.touchstone.util.Remedy;
import dev.touchstone.util.TouchstoneException;
import java.util.Arrays;

/**
 * The part of a sequence that the model reads if the sequence is longer than the context of {@code positions} tokens.
 *
 * @param stride the number of tokens that are dropped at a time when the context is full; 0 if a longer sequence is an error.
 *     Dropping tokens changes the position of all others, so the cache is rebuilt; with a larger stride this is rarer
 */
public record Window(int positions, int stride) {
    public Window {
        if (stride < 0 || stride > positions) {
            throw new TouchstoneException(
                    "the window's stride must be from 1 to the model's " + positions + " positions, got " + stride);
        }
    }

    /** A sequence longer than the context is an error. */
    public static Window error(int positions) {
        return new Window(positions, 0);
    }

    /** The most recent tokens are kept, older ones dropped. */
    public static Window slide(int positions, int stride) {
        if (stride == 0) {
            throw new TouchstoneException(
                    "the window's stride must be from 1 to the model's " + positions + " positions, got 0");
        }
        return new Window(positions, stride);
    }

    /** Throws if a generation of this length cannot be completed. The last new token needs no position. */
    public void check(int promptLength, int maxNewTokens) {
        if (promptLength == 0) {
            throw new TouchstoneException("the prompt is empty: give at least one token");
        }
        if (stride > 0) {
            return;
        }
        if (promptLength > positions) {
            throw new TouchstoneException(
                    "the prompt has " + promptLength + " tokens, but the model has " + positions
                            + " positions; shorten the prompt, or keep only its last tokens with a sliding window",
                    new Remedy("window", "slide"));
        }
        if (maxNewTokens - 1 > positions - promptLength) {
            int most = positions - promptLength + 1;
            throw new TouchstoneException(
                    "the prompt has " + promptLength + " tokens and " + maxNewTokens
                            + " new tokens were requested, but the model has " + positions
                            + " positions; request at most " + most + ", or use a sliding window",
                    new Remedy("maxNewTokens", most),
                    new Remedy("window", "slide"));
        }
    }

    /** The tokens that the model reads. (S) -> (at most positions) */
    public int[] of(int[] ids) {
        return Arrays.copyOfRange(ids, dropped(ids.length), ids.length);
    }

    /** How many of {@code length} tokens the model reads. */
    public int size(int length) {
        return length - dropped(length);
    }

    /** The number of tokens that can be added to {@code length} tokens before any is dropped. */
    int room(int length) {
        return positions - size(length);
    }

    private int dropped(int length) {
        int excess = length - positions;
        return excess <= 0 ? 0 : (excess + stride - 1) / stride * stride;
    }
}
