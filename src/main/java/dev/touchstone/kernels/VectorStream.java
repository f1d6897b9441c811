package dev.touchstone.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The product of one row of activations with a panel of weights, as in decoding, where memory bandwidth is the limit. So the
 * panel is read from its first byte to its last, all columns of an input at each step; to read half of the columns of all
 * inputs and then the other half is a third slower. Unrolled like {@link VectorTiles}, for the same reasons.
 */
final class VectorStream {
    private static final VectorSpecies<Float> SPECIES = VectorTiles.SPECIES;
    private static final int LANES = SPECIES.length();
    private static final int COLUMNS = VectorTiles.COLUMNS;
    /** All columns are four vectors of 512 bits, eight of 256, or twice eight of 128. */
    private static final boolean FOUR = 4 * LANES == COLUMNS;

    private VectorStream() {}

    /** {@link Loops#addRow} */
    static void add(float[] x, int xAt, float[] w, int wAt, int inputs, float[] y, int yAt) {
        if (FOUR) {
            four(x, xAt, w, wAt, inputs, y, yAt);
            return;
        }
        for (int c = 0; c < COLUMNS; c += 8 * LANES) {
            eight(x, xAt, w, wAt + c, inputs, y, yAt + c);
        }
    }

    private static void four(float[] x, int xAt, float[] w, int wAt, int inputs, float[] y, int yAt) {
        FloatVector y0 = FloatVector.zero(SPECIES);
        FloatVector y1 = FloatVector.zero(SPECIES);
        FloatVector y2 = FloatVector.zero(SPECIES);
        FloatVector y3 = FloatVector.zero(SPECIES);
        int end = xAt + inputs;
        int base = wAt - xAt * COLUMNS;
        for (int i = xAt; i < end; i++) {
            int row = base + i * COLUMNS;
            FloatVector x0 = FloatVector.broadcast(SPECIES, x[i]);
            y0 = x0.fma(FloatVector.fromArray(SPECIES, w, row), y0);
            y1 = x0.fma(FloatVector.fromArray(SPECIES, w, row + LANES), y1);
            y2 = x0.fma(FloatVector.fromArray(SPECIES, w, row + 2 * LANES), y2);
            y3 = x0.fma(FloatVector.fromArray(SPECIES, w, row + 3 * LANES), y3);
        }
        FloatVector.fromArray(SPECIES, y, yAt).add(y0).intoArray(y, yAt);
        FloatVector.fromArray(SPECIES, y, yAt + LANES).add(y1).intoArray(y, yAt + LANES);
        FloatVector.fromArray(SPECIES, y, yAt + 2 * LANES).add(y2).intoArray(y, yAt + 2 * LANES);
        FloatVector.fromArray(SPECIES, y, yAt + 3 * LANES).add(y3).intoArray(y, yAt + 3 * LANES);
    }

    private static void eight(float[] x, int xAt, float[] w, int wAt, int inputs, float[] y, int yAt) {
        FloatVector y0 = FloatVector.zero(SPECIES);
        FloatVector y1 = FloatVector.zero(SPECIES);
        FloatVector y2 = FloatVector.zero(SPECIES);
        FloatVector y3 = FloatVector.zero(SPECIES);
        FloatVector y4 = FloatVector.zero(SPECIES);
        FloatVector y5 = FloatVector.zero(SPECIES);
        FloatVector y6 = FloatVector.zero(SPECIES);
        FloatVector y7 = FloatVector.zero(SPECIES);
        int end = xAt + inputs;
        int base = wAt - xAt * COLUMNS;
        for (int i = xAt; i < end; i++) {
            int row = base + i * COLUMNS;
            FloatVector x0 = FloatVector.broadcast(SPECIES, x[i]);
            y0 = x0.fma(FloatVector.fromArray(SPECIES, w, row), y0);
            y1 = x0.fma(FloatVector.fromArray(SPECIES, w, row + LANES), y1);
            y2 = x0.fma(FloatVector.fromArray(SPECIES, w, row + 2 * LANES), y2);
            y3 = x0.fma(FloatVector.fromArray(SPECIES, w, row + 3 * LANES), y3);
            y4 = x0.fma(FloatVector.fromArray(SPECIES, w, row + 4 * LANES), y4);
            y5 = x0.fma(FloatVector.fromArray(SPECIES, w, row + 5 * LANES), y5);
            y6 = x0.fma(FloatVector.fromArray(SPECIES, w, row + 6 * LANES), y6);
            y7 = x0.fma(FloatVector.fromArray(SPECIES, w, row + 7 * LANES), y7);
        }
        FloatVector.fromArray(SPECIES, y, yAt).add(y0).intoArray(y, yAt);
        FloatVector.fromArray(SPECIES, y, yAt + LANES).add(y1).intoArray(y, yAt + LANES);
        FloatVector.fromArray(SPECIES, y, yAt + 2 * LANES).add(y2).intoArray(y, yAt + 2 * LANES);
        FloatVector.fromArray(SPECIES, y, yAt + 3 * LANES).add(y3).intoArray(y, yAt + 3 * LANES);
        FloatVector.fromArray(SPECIES, y, yAt + 4 * LANES).add(y4).intoArray(y, yAt + 4 * LANES);
        FloatVector.fromArray(SPECIES, y, yAt + 5 * LANES).add(y5).intoArray(y, yAt + 5 * LANES);
        FloatVector.fromArray(SPECIES, y, yAt + 6 * LANES).add(y6).intoArray(y, yAt + 6 * LANES);
        FloatVector.fromArray(SPECIES, y, yAt + 7 * LANES).add(y7).intoArray(y, yAt + 7 * LANES);
    }
}
