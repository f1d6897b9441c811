package dev.touchstone.parity.choices;

import java.util.BitSet;

/**
 * Leaves tokens out of a comparison: their elements become {@code -inf} on both sides, which {@link
 * dev.touchstone.parity.errors.Deviation} does not count.
 */
public final class Tokens {
    private Tokens() {}

    /** (.., T, C) -> (.., T, C) */
    public static float[] without(BitSet tokens, float[] values, int... shape) {
        if (tokens.isEmpty()) {
            return values;
        }
        float[] left = values.clone();
        for (int i = 0; i < left.length; i++) {
            left[i] = tokens.get(tokenOf(i, shape)) ? Float.NEGATIVE_INFINITY : left[i];
        }
        return left;
    }

    /** (.., T, C) -> (.., T, C) */
    public static double[] without(BitSet tokens, double[] values, int... shape) {
        if (tokens.isEmpty()) {
            return values;
        }
        double[] left = values.clone();
        for (int i = 0; i < left.length; i++) {
            left[i] = tokens.get(tokenOf(i, shape)) ? Double.NEGATIVE_INFINITY : left[i];
        }
        return left;
    }

    /** The token of an element: the index along the last axis but one. */
    static int tokenOf(int element, int... shape) {
        return element / shape[shape.length - 1] % shape[shape.length - 2];
    }
}
