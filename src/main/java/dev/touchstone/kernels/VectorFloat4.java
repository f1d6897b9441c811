package dev.touchstone.kernels;

import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Quantization;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The loops of {@link VectorQuantized} for codes that are floats of 4 bits, {@link Quantization.Table#FLOAT4}. Exponent and mantissa of a
 * code, in front of those of 1, are a float {@code t} that is twice the number, unless the exponent is 0: then twice the number is
 * {@code 2 t - 2}. It is the smaller of the two in all cases.
 */
final class VectorFloat4 {
    private static final VectorSpecies<Float> SPECIES = VectorTiles.SPECIES;
    private static final VectorSpecies<Byte> BYTES = VectorTiles.BYTES;
    private static final int LANES = SPECIES.length();
    private static final int COLUMNS = Matrix.PANEL;
    private static final int STEP = Quantization.STEP;
    private static final int PARTS = VectorCodeRows.PARTS;
    private static final int RUN = VectorCodeRows.RUN;
    private static final int BITS = 4;

    /** The bits of a code without its sign, in the place of the lowest exponent bits and the highest mantissa bit of a float. */
    private static final int NUMBER = 7 << 22;

    private static final int ONE = 0x3F80_0000;
    private static final int SIGN = 0x8000_0000;

    private VectorFloat4() {}

    /** Widens a vector of columns for a group of inputs, whose codes begin at bit {@code shift} of ints. */
    static void widen(int inputs, byte[] q, int qAt, int shift, float[] scales, int group, float[] to, int at) {
        FloatVector scale = FloatVector.fromArray(SPECIES, scales, group);
        FloatVector zero = FloatVector.zero(SPECIES);
        FloatVector two = FloatVector.broadcast(SPECIES, 2);
        FloatVector minusTwo = FloatVector.broadcast(SPECIES, -2);
        for (int i = 0; i < inputs; i++) {
            int bit = i * BITS;
            IntVector w = ByteVector.fromArray(BYTES, q, qAt + (bit >> 3) * COLUMNS)
                    .reinterpretAsInts()
                    .lanewise(VectorOperators.LSHR, shift + (bit & 7));
            IntVector t = w.lanewise(VectorOperators.LSHL, 22).and(NUMBER).add(ONE);
            IntVector v = t.reinterpretAsFloats()
                    .fma(two, minusTwo)
                    .reinterpretAsInts()
                    .min(t)
                    .or(w.lanewise(VectorOperators.LSHL, 28).and(SIGN));
            v.reinterpretAsFloats().fma(scale, zero).intoArray(to, at + i * COLUMNS); // adding 0 makes 0 of -0
        }
    }

    /** The sums of a panel, as in {@link VectorCodeRows}. */
    static void addRow(float[] x, int xAt, int inputs, byte[] q, int qAt, float[] scales, float[] y, int yAt) {
        FloatVector zero = FloatVector.zero(SPECIES);
        FloatVector two = FloatVector.broadcast(SPECIES, 2);
        FloatVector minusTwo = FloatVector.broadcast(SPECIES, -2);
        for (int k = 0; k < inputs / STEP * PARTS; k++) {
            int step = k / PARTS;
            int c = k % PARTS * LANES;
            int at = qAt + step * STEP / 2 * COLUMNS + c * Integer.BYTES;
            int group = step * COLUMNS + c;
            int to = yAt + c;
            FloatVector y0 = FloatVector.zero(SPECIES);
            FloatVector y1 = FloatVector.zero(SPECIES);
            FloatVector y2 = FloatVector.zero(SPECIES);
            FloatVector y3 = FloatVector.zero(SPECIES);
            FloatVector s0 = FloatVector.fromArray(SPECIES, scales, group);
            FloatVector s1 = FloatVector.fromArray(SPECIES, scales, group + RUN);
            FloatVector s2 = FloatVector.fromArray(SPECIES, scales, group + 2 * RUN);
            FloatVector s3 = FloatVector.fromArray(SPECIES, scales, group + 3 * RUN);
            for (int i = 0; i < STEP; i++) {
                int bit = i * BITS;
                FloatVector x0 = FloatVector.broadcast(SPECIES, x[xAt + step * STEP + i]);
                IntVector w0 = ByteVector.fromArray(BYTES, q, at + (bit >> 3) * COLUMNS)
                        .reinterpretAsInts()
                        .lanewise(VectorOperators.LSHR, bit & 7);
                IntVector t0 = w0.lanewise(VectorOperators.LSHL, 22).and(NUMBER).add(ONE);
                IntVector n0 = t0.reinterpretAsFloats().fma(two, minusTwo).reinterpretAsInts();
                IntVector v0 =
                        n0.min(t0).or(w0.lanewise(VectorOperators.LSHL, 28).and(SIGN));
                y0 = x0.fma(v0.reinterpretAsFloats().fma(s0, zero), y0);
                IntVector w1 = w0.lanewise(VectorOperators.LSHR, 8);
                IntVector t1 = w1.lanewise(VectorOperators.LSHL, 22).and(NUMBER).add(ONE);
                IntVector n1 = t1.reinterpretAsFloats().fma(two, minusTwo).reinterpretAsInts();
                IntVector v1 =
                        n1.min(t1).or(w1.lanewise(VectorOperators.LSHL, 28).and(SIGN));
                y1 = x0.fma(v1.reinterpretAsFloats().fma(s1, zero), y1);
                IntVector w2 = w0.lanewise(VectorOperators.LSHR, 16);
                IntVector t2 = w2.lanewise(VectorOperators.LSHL, 22).and(NUMBER).add(ONE);
                IntVector n2 = t2.reinterpretAsFloats().fma(two, minusTwo).reinterpretAsInts();
                IntVector v2 =
                        n2.min(t2).or(w2.lanewise(VectorOperators.LSHL, 28).and(SIGN));
                y2 = x0.fma(v2.reinterpretAsFloats().fma(s2, zero), y2);
                IntVector w3 = w0.lanewise(VectorOperators.LSHR, 24);
                IntVector t3 = w3.lanewise(VectorOperators.LSHL, 22).and(NUMBER).add(ONE);
                IntVector n3 = t3.reinterpretAsFloats().fma(two, minusTwo).reinterpretAsInts();
                IntVector v3 =
                        n3.min(t3).or(w3.lanewise(VectorOperators.LSHL, 28).and(SIGN));
                y3 = x0.fma(v3.reinterpretAsFloats().fma(s3, zero), y3);
            }
            FloatVector.fromArray(SPECIES, y, to).add(y0).intoArray(y, to);
            FloatVector.fromArray(SPECIES, y, to + RUN).add(y1).intoArray(y, to + RUN);
            FloatVector.fromArray(SPECIES, y, to + 2 * RUN).add(y2).intoArray(y, to + 2 * RUN);
            FloatVector.fromArray(SPECIES, y, to + 3 * RUN).add(y3).intoArray(y, to + 3 * RUN);
        }
    }
}
