package dev.touchstone.kernels;

import dev.touchstone.tensor.Matrix;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The product of one row of activations with a panel of bfloat16 weights, which are widened in registers: half the bytes of
 * {@link VectorStream}. A bfloat16 is the upper half of a float. {@link Matrix#halfColumn} places columns so that a vector of ints
 * holds two vectors of weights, one in the lower and one in the upper halves of its lanes. A vector of 16-bit numbers that is widened
 * to ints takes more than twice as long, since numbers then change lanes.
 */
final class VectorBfloat16 {
    private static final VectorSpecies<Float> SPECIES = VectorTiles.SPECIES;
    private static final VectorSpecies<Short> SHORTS = VectorTiles.SHORTS;
    private static final int LANES = SPECIES.length();
    private static final int COLUMNS = VectorTiles.COLUMNS;
    private static final int HALF = COLUMNS / 2;
    /** The bits of a bfloat16 in the upper half of an int. */
    static final int UPPER = 0xFFFF0000;
    /** All columns are four vectors of 512 bits, eight of 256, or twice eight of 128. */
    private static final boolean FOUR = 4 * LANES == COLUMNS;

    private VectorBfloat16() {}

    /** {@link Loops#addRow} */
    static void addRow(float[] x, int xAt, short[] w, int wAt, int inputs, float[] y, int yAt) {
        if (FOUR) {
            four(x, xAt, w, wAt, inputs, y, yAt);
            return;
        }
        for (int c = 0; c < HALF; c += 4 * LANES) {
            eight(x, xAt, w, wAt + 2 * c, inputs, y, yAt + c);
        }
    }

    /** Two loads for each input. */
    private static void four(float[] x, int xAt, short[] w, int wAt, int inputs, float[] y, int yAt) {
        FloatVector y0 = FloatVector.zero(SPECIES);
        FloatVector y1 = FloatVector.zero(SPECIES);
        FloatVector y2 = FloatVector.zero(SPECIES);
        FloatVector y3 = FloatVector.zero(SPECIES);
        int end = xAt + inputs;
        int base = wAt - xAt * COLUMNS;
        for (int i = xAt; i < end; i++) {
            int row = base + i * COLUMNS;
            FloatVector x0 = FloatVector.broadcast(SPECIES, x[i]);
            IntVector w0 = ShortVector.fromArray(SHORTS, w, row).reinterpretAsInts();
            y0 = x0.fma(w0.lanewise(VectorOperators.LSHL, Short.SIZE).reinterpretAsFloats(), y0);
            y2 = x0.fma(w0.and(UPPER).reinterpretAsFloats(), y2);
            IntVector w1 = ShortVector.fromArray(SHORTS, w, row + 2 * LANES).reinterpretAsInts();
            y1 = x0.fma(w1.lanewise(VectorOperators.LSHL, Short.SIZE).reinterpretAsFloats(), y1);
            y3 = x0.fma(w1.and(UPPER).reinterpretAsFloats(), y3);
        }
        FloatVector.fromArray(SPECIES, y, yAt).add(y0).intoArray(y, yAt);
        FloatVector.fromArray(SPECIES, y, yAt + LANES).add(y1).intoArray(y, yAt + LANES);
        FloatVector.fromArray(SPECIES, y, yAt + HALF).add(y2).intoArray(y, yAt + HALF);
        FloatVector.fromArray(SPECIES, y, yAt + HALF + LANES).add(y3).intoArray(y, yAt + HALF + LANES);
    }

    /** Four loads for each input; on 128 bits, half of the columns. */
    private static void eight(float[] x, int xAt, short[] w, int wAt, int inputs, float[] y, int yAt) {
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
            IntVector w0 = ShortVector.fromArray(SHORTS, w, row).reinterpretAsInts();
            y0 = x0.fma(w0.lanewise(VectorOperators.LSHL, Short.SIZE).reinterpretAsFloats(), y0);
            y4 = x0.fma(w0.and(UPPER).reinterpretAsFloats(), y4);
            IntVector w1 = ShortVector.fromArray(SHORTS, w, row + 2 * LANES).reinterpretAsInts();
            y1 = x0.fma(w1.lanewise(VectorOperators.LSHL, Short.SIZE).reinterpretAsFloats(), y1);
            y5 = x0.fma(w1.and(UPPER).reinterpretAsFloats(), y5);
            IntVector w2 = ShortVector.fromArray(SHORTS, w, row + 4 * LANES).reinterpretAsInts();
            y2 = x0.fma(w2.lanewise(VectorOperators.LSHL, Short.SIZE).reinterpretAsFloats(), y2);
            y6 = x0.fma(w2.and(UPPER).reinterpretAsFloats(), y6);
            IntVector w3 = ShortVector.fromArray(SHORTS, w, row + 6 * LANES).reinterpretAsInts();
            y3 = x0.fma(w3.lanewise(VectorOperators.LSHL, Short.SIZE).reinterpretAsFloats(), y3);
            y7 = x0.fma(w3.and(UPPER).reinterpretAsFloats(), y7);
        }
        FloatVector.fromArray(SPECIES, y, yAt).add(y0).intoArray(y, yAt);
        FloatVector.fromArray(SPECIES, y, yAt + LANES).add(y1).intoArray(y, yAt + LANES);
        FloatVector.fromArray(SPECIES, y, yAt + 2 * LANES).add(y2).intoArray(y, yAt + 2 * LANES);
        FloatVector.fromArray(SPECIES, y, yAt + 3 * LANES).add(y3).intoArray(y, yAt + 3 * LANES);
        FloatVector.fromArray(SPECIES, y, yAt + HALF).add(y4).intoArray(y, yAt + HALF);
        FloatVector.fromArray(SPECIES, y, yAt + HALF + LANES).add(y5).intoArray(y, yAt + HALF + LANES);
        FloatVector.fromArray(SPECIES, y, yAt + HALF + 2 * LANES).add(y6).intoArray(y, yAt + HALF + 2 * LANES);
        FloatVector.fromArray(SPECIES, y, yAt + HALF + 3 * LANES).add(y7).intoArray(y, yAt + HALF + 3 * LANES);
    }
}
