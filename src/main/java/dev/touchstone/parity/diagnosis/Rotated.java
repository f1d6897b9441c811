package dev.touchstone.parity.diagnosis;

/**
 * A way of applying the rotary embedding to queries or keys, right or wrong.
 *
 * @param table cosines, then sines of each token. (T, 2 R)
 * @param columns of queries or keys, H D or G D
 * @param headSize D
 */
record Rotated(Kind kind, double[] table, int columns, int headSize) {
    /** The identity. */
    static final Rotated NONE = new Rotated(Kind.NONE, new double[0], 1, 1);

    enum Kind {
        NONE("the rotary embedding is not applied"),
        HALF_SPLIT("channels half a head apart are rotated together, should be neighbouring channels"),
        INTERLEAVED("neighbouring channels are rotated together, should be channels half a head apart"),
        /** As {@link #INTERLEAVED}, but each pair by the angle in the table at its first channel. */
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
        int R = table.length / (x.length / columns) / 2;
        int from = kind == Kind.LAST ? headSize - R : 0;
        boolean inPlace = kind == Kind.INTERLEAVED_IN_PLACE;
        boolean neighbours = kind == Kind.INTERLEAVED || inPlace;
        for (int head = 0; head < x.length; head += headSize) {
            for (int pair = 0; pair < R / 2; pair++) {
                int a = head + from + (neighbours ? 2 * pair : pair);
                int b = neighbours ? a + 1 : a + R / 2;
                int angle = head / columns * 2 * R + (inPlace ? 2 * pair : pair);
                double sin = table[angle + R] * (kind == Kind.INVERSE ? -1 : 1);
                y[a] = x[a] * table[angle] - x[b] * sin;
                y[b] = x[b] * table[angle] + x[a] * sin;
            }
        }
        return y;
    }
}
