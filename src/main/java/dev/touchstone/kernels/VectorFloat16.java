package dev.touchstone.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The product of one row of activations with a panel of finite float16 weights, which are widened in registers as in {@link VectorBfloat16}.
 * With sign, exponent and fraction moved to their places in a float, the number is {@code 2^-112} times the weight, for subnormal
 * weights too, since the exponent's bias is 15 in a float16 and 127 in a float. The product with {@code 2^112} is exact.
 */
final class VectorFloat16 {
    private static final VectorSpecies<Float> SPECIES = VectorTiles.SPECIES;
    private static final VectorSpecies<Short> SHORTS = VectorTiles.SHORTS;
    private static final int LANES = SPECIES.length();
    private static final int COLUMNS = VectorTiles.COLUMNS;
    private static final int HALF = COLUMNS / 2;
    /** The bits of a float16 that was moved from the upper half of an int to the right by 3, which copies the sign. */
    static final int SIGN_AND_NUMBER = 0x8FFFE000;

    /** All columns are four vectors of 512 bits, eight of 256, or twice eight of 128. */
    private static final boolean FOUR = 4 * LANES == COLUMNS;

    private VectorFloat16() {}

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
            IntVector l0 = w0.lanewise(VectorOperators.LSHL, 16)
                    .lanewise(VectorOperators.ASHR, 3)
                    .and(SIGN_AND_NUMBER);
            y0 = x0.fma(l0.reinterpretAsFloats().mul(0x1p112f), y0);
            IntVector u0 = w0.lanewise(VectorOperators.ASHR, 3).and(SIGN_AND_NUMBER);
            y2 = x0.fma(u0.reinterpretAsFloats().mul(0x1p112f), y2);
            IntVector w1 = ShortVector.fromArray(SHORTS, w, row + 2 * LANES).reinterpretAsInts();
            IntVector l1 = w1.lanewise(VectorOperators.LSHL, 16)
                    .lanewise(VectorOperators.ASHR, 3)
                    .and(SIGN_AND_NUMBER);
            y1 = x0.fma(l1.reinterpretAsFloats().mul(0x1p112f), y1);
            IntVector u1 = w1.lanewise(VectorOperators.ASHR, 3).and(SIGN_AND_NUMBER);
            y3 = x0.fma(u1.reinterpretAsFloats().mul(0x1p112f), y3);
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
            IntVector l0 = w0.lanewise(VectorOperators.LSHL, 16)
                    .lanewise(VectorOperators.ASHR, 3)
                    .and(SIGN_AND_NUMBER);
            y0 = x0.fma(l0.reinterpretAsFloats().mul(0x1p112f), y0);
            IntVector u0 = w0.lanewise(VectorOperators.ASHR, 3).and(SIGN_AND_NUMBER);
            y4 = x0.fma(u0.reinterpretAsFloats().mul(0x1p112f), y4);
            IntVector w1 = ShortVector.fromArray(SHORTS, w, row + 2 * LANES).reinterpretAsInts();
            IntVector l1 = w1.lanewise(VectorOperators.LSHL, 16)
                    .lanewise(VectorOperators.ASHR, 3)
                    .and(SIGN_AND_NUMBER);
            y1 = x0.fma(l1.reinterpretAsFloats().mul(0x1p112f), y1);
            IntVector u1 = w1.lanewise(VectorOperators.ASHR, 3).and(SIGN_AND_NUMBER);
            y5 = x0.fma(u1.reinterpretAsFloats().mul(0x1p112f), y5);
            IntVector w2 = ShortVector.fromArray(SHORTS, w, row + 4 * LANES).reinterpretAsInts();
            IntVector l2 = w2.lanewise(VectorOperators.LSHL, 16)
                    .lanewise(VectorOperators.ASHR, 3)
                    .and(SIGN_AND_NUMBER);
            y2 = x0.fma(l2.reinterpretAsFloats().mul(0x1p112f), y2);
            IntVector u2 = w2.lanewise(VectorOperators.ASHR, 3).and(SIGN_AND_NUMBER);
            y6 = x0.fma(u2.reinterpretAsFloats().mul(0x1p112f), y6);
            IntVector w3 = ShortVector.fromArray(SHORTS, w, row + 6 * LANES).reinterpretAsInts();
            IntVector l3 = w3.lanewise(VectorOperators.LSHL, 16)
                    .lanewise(VectorOperators.ASHR, 3)
                    .and(SIGN_AND_NUMBER);
            y3 = x0.fma(l3.reinterpretAsFloats().mul(0x1p112f), y3);
            IntVector u3 = w3.lanewise(VectorOperators.ASHR, 3).and(SIGN_AND_NUMBER);
            y7 = x0.fma(u3.reinterpretAsFloats().mul(0x1p112f), y7);
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
