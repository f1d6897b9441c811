package dev.touchstone.generation.processors;

import java.util.Arrays;
import java.util.function.IntPredicate;

/** Shared code of the processors that exclude tokens. */
final class Filter {
    private Filter() {}

    /** {@code -inf} for every token that is not kept. (V) -> (V) */
    static float[] keep(float[] scores, IntPredicate kept) {
        float[] filtered = scores.clone();
        for (int v = 0; v < filtered.length; v++) {
            if (!kept.test(v)) {
                filtered[v] = Float.NEGATIVE_INFINITY;
            }
        }
        return filtered;
    }

    /** Places in ascending order of their keys, equals in order of place, NaN last. (V) -> (V) */
    static int[] ascending(float[] keys) {
        long[] order = new long[keys.length];
        for (int v = 0; v < keys.length; v++) {
            int bits = Float.floatToIntBits(keys[v] + 0f); // -0 becomes 0, which it equals
            int ordered = bits ^ (bits >> 31 & Integer.MAX_VALUE); // negative floats compare the other way round
            order[v] = (long) ordered << Integer.SIZE | v;
        }
        Arrays.sort(order);
        return Arrays.stream(order).mapToInt(key -> (int) key).toArray();
    }

    /** The values at some places. (V), (N) -> (N) */
    static float[] pick(float[] values, int[] places) {
        float[] picked = new float[places.length];
        for (int i = 0; i < places.length; i++) {
            picked[i] = values[places[i]];
        }
        return picked;
    }
}
