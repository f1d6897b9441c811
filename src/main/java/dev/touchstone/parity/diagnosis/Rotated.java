package dev.touchstone.parity.diagnosis;

import dev.touchstone.kernels.RotaryLayout;
import dev.touchstone.model.Rotary;

/**
 * A way of applying the rotary embedding to queries or keys, right or wrong.
 *
 * @param rotary the right one
 * @param table cosines, then sines of each token. (T, 2 R)
 * @param columns of queries or keys, H D or G D
 */
record Rotated(Kind kind, Rotary rotary, double[] table, int columns) {
    enum Kind {
        NONE("the rotary embedding is not applied"),
        HALF_SPLIT("channels half a head apart are rotated together, should be neighbouring channels"),
        /** Each pair is rotated by the angle that the table has for its first channel. */
        HALF_SPLIT_IN_PLACE(HALF_SPLIT.clue),
        INTERLEAVED("neighbouring channels are rotated together, should be channels half a head apart"),
        /** Each pair is rotated by the angle that the table has for its first channel. */
        INTERLEAVED_IN_PLACE(INTERLEAVED.clue),
        INVERSE("the rotary embedding rotates in the opposite direction: the sign of the sine"),
        LAST("the last channels of each head are rotated, should be the first");

        private final String clue;

        Kind(String clue) {
            this.clue = clue;
        }

        /** The explanation if this way was used by mistake. */
        String clue() {
            return clue;
        }
    }

    /** (T, H D) -> (T, H D) */
    double[] apply(double[] x) {
        double[] y = x.clone();
        if (kind == Kind.NONE) {
            return y;
        }
        int pairs = rotary.frequencies().size();
        int sines = 2 * pairs;
        for (int head = 0; head < x.length; head += rotary.headSize()) {
            int from = kind == Kind.LAST ? rotary.headSize() - 2 * pairs : 0;
            for (int pair = 0; pair < pairs; pair++) {
                int first = isInterleaved() ? 2 * pair : pair;
                int a = head + from + first;
                int b = isInterleaved() ? a + 1 : a + pairs;
                int angle = head / columns * 4 * pairs + (isInPlace() ? first : entry(pair));
                double sin = table[angle + sines] * (kind == Kind.INVERSE ? -1 : 1);
                y[a] = x[a] * table[angle] - x[b] * sin;
                y[b] = x[b] * table[angle] + x[a] * sin;
            }
        }
        return y;
    }

    private boolean isInterleaved() {
        return switch (kind) {
            case INTERLEAVED, INTERLEAVED_IN_PLACE -> true;
            case INVERSE, LAST -> rotary.layout() == RotaryLayout.INTERLEAVED;
            default -> false;
        };
    }

    private boolean isInPlace() {
        return kind == Kind.HALF_SPLIT_IN_PLACE || kind == Kind.INTERLEAVED_IN_PLACE;
    }

    /** Where the table has the angle of a pair. */
    private int entry(int pair) {
        return rotary.layout() == RotaryLayout.INTERLEAVED ? 2 * pair : pair;
    }
}
