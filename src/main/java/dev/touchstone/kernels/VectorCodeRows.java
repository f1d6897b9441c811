package dev.touchstone.kernels;

import dev.touchstone.tensor.Matrix;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The innermost loops of {@link VectorQuantized}: one row of activations times the quantised weights of a group of inputs. A call continues
 * the sums of four vectors of columns, {@value #RUN} columns apart: their codes are the four bytes of a vector of ints. The code of a loop,
 * inlined, must stay below the size at which C2 stops to inline and makes vectors objects.
 */
final class VectorCodeRows {
    private static final VectorSpecies<Float> SPECIES = VectorTiles.SPECIES;
    private static final VectorSpecies<Byte> BYTES = VectorTiles.BYTES;
    private static final int COLUMNS = Matrix.PANEL;
    /** From a column to the one whose code is in the next byte of an int. */
    static final int RUN = COLUMNS / Integer.BYTES;
    /** The highest 4 and 8 bits of an int. */
    private static final int NIBBLE = 0xF0000000;

    static final int BYTE = 0xFF000000;

    private VectorCodeRows() {}

    /** Signed codes of 4 bits. Scales are those of weights divided by 2^28, since codes are used in the highest bits of ints. */
    static void addNibbles(
            float[] x, int xAt, int inputs, byte[] q, int qAt, float[] scales, int group, float[] y, int yAt) {
        FloatVector y0 = FloatVector.fromArray(SPECIES, y, yAt);
        FloatVector y1 = FloatVector.fromArray(SPECIES, y, yAt + RUN);
        FloatVector y2 = FloatVector.fromArray(SPECIES, y, yAt + 2 * RUN);
        FloatVector y3 = FloatVector.fromArray(SPECIES, y, yAt + 3 * RUN);
        FloatVector s0 = FloatVector.fromArray(SPECIES, scales, group);
        FloatVector s1 = FloatVector.fromArray(SPECIES, scales, group + RUN);
        FloatVector s2 = FloatVector.fromArray(SPECIES, scales, group + 2 * RUN);
        FloatVector s3 = FloatVector.fromArray(SPECIES, scales, group + 3 * RUN);
        for (int i = 0; i < inputs; i += 2) {
            IntVector w =
                    ByteVector.fromArray(BYTES, q, qAt + i * (COLUMNS / 2)).reinterpretAsInts();
            FloatVector x0 = FloatVector.broadcast(SPECIES, x[xAt + i]);
            IntVector w0 = w.lanewise(VectorOperators.LSHL, 28);
            y0 = x0.fma(((FloatVector) w0.convertShape(VectorOperators.I2F, SPECIES, 0)).mul(s0), y0);
            IntVector w1 = w.lanewise(VectorOperators.LSHL, 20).and(NIBBLE);
            y1 = x0.fma(((FloatVector) w1.convertShape(VectorOperators.I2F, SPECIES, 0)).mul(s1), y1);
            IntVector w2 = w.lanewise(VectorOperators.LSHL, 12).and(NIBBLE);
            y2 = x0.fma(((FloatVector) w2.convertShape(VectorOperators.I2F, SPECIES, 0)).mul(s2), y2);
            IntVector w3 = w.lanewise(VectorOperators.LSHL, 4).and(NIBBLE);
            y3 = x0.fma(((FloatVector) w3.convertShape(VectorOperators.I2F, SPECIES, 0)).mul(s3), y3);
            FloatVector x1 = FloatVector.broadcast(SPECIES, x[xAt + i + 1]);
            IntVector w4 = w.lanewise(VectorOperators.LSHL, 24).and(NIBBLE);
            y0 = x1.fma(((FloatVector) w4.convertShape(VectorOperators.I2F, SPECIES, 0)).mul(s0), y0);
            IntVector w5 = w.lanewise(VectorOperators.LSHL, 16).and(NIBBLE);
            y1 = x1.fma(((FloatVector) w5.convertShape(VectorOperators.I2F, SPECIES, 0)).mul(s1), y1);
            IntVector w6 = w.lanewise(VectorOperators.LSHL, 8).and(NIBBLE);
            y2 = x1.fma(((FloatVector) w6.convertShape(VectorOperators.I2F, SPECIES, 0)).mul(s2), y2);
            IntVector w7 = w.and(NIBBLE);
            y3 = x1.fma(((FloatVector) w7.convertShape(VectorOperators.I2F, SPECIES, 0)).mul(s3), y3);
        }
        y0.intoArray(y, yAt);
        y1.intoArray(y, yAt + RUN);
        y2.intoArray(y, yAt + 2 * RUN);
        y3.intoArray(y, yAt + 3 * RUN);
    }

    /**
     * Signed codes of 8 bits. Scales are those of weights divided by 2^24. C2 does not unroll the loop, because its condition is {@code !=}: it
     * would move the loads of all copies to the front, and for want of registers the sums through memory.
     */
    static void addBytes(
            float[] x, int xAt, int inputs, byte[] q, int qAt, float[] scales, int group, float[] y, int yAt) {
        FloatVector y0 = FloatVector.fromArray(SPECIES, y, yAt);
        FloatVector y1 = FloatVector.fromArray(SPECIES, y, yAt + RUN);
        FloatVector y2 = FloatVector.fromArray(SPECIES, y, yAt + 2 * RUN);
        FloatVector y3 = FloatVector.fromArray(SPECIES, y, yAt + 3 * RUN);
        FloatVector s0 = FloatVector.fromArray(SPECIES, scales, group);
        FloatVector s1 = FloatVector.fromArray(SPECIES, scales, group + RUN);
        FloatVector s2 = FloatVector.fromArray(SPECIES, scales, group + 2 * RUN);
        FloatVector s3 = FloatVector.fromArray(SPECIES, scales, group + 3 * RUN);
        int i = xAt;
        for (int at = qAt; at != qAt + inputs * COLUMNS; at += COLUMNS) {
            IntVector w = ByteVector.fromArray(BYTES, q, at).reinterpretAsInts();
            FloatVector x0 = FloatVector.broadcast(SPECIES, x[i++]);
            IntVector w0 = w.lanewise(VectorOperators.LSHL, 24);
            y0 = x0.fma(((FloatVector) w0.convertShape(VectorOperators.I2F, SPECIES, 0)).mul(s0), y0);
            IntVector w1 = w.lanewise(VectorOperators.LSHL, 16).and(BYTE);
            y1 = x0.fma(((FloatVector) w1.convertShape(VectorOperators.I2F, SPECIES, 0)).mul(s1), y1);
            IntVector w2 = w.lanewise(VectorOperators.LSHL, 8).and(BYTE);
            y2 = x0.fma(((FloatVector) w2.convertShape(VectorOperators.I2F, SPECIES, 0)).mul(s2), y2);
            IntVector w3 = w.and(BYTE);
            y3 = x0.fma(((FloatVector) w3.convertShape(VectorOperators.I2F, SPECIES, 0)).mul(s3), y3);
        }
        y0.intoArray(y, yAt);
        y1.intoArray(y, yAt + RUN);
        y2.intoArray(y, yAt + 2 * RUN);
        y3.intoArray(y, yAt + 3 * RUN);
    }

    /**
     * Unsigned codes of {@code bits} bits with minima, whose negatives are the shifts. The product of a code and its scale needs at most 23
     * bits: 11 of the factor, 7 of the group's number, 5 of the code. So it is exact, and one fused operation rounds as the two of the formula.
     */
    static void addShifted(
            float[] x,
            int xAt,
            int inputs,
            byte[] q,
            int qAt,
            int bits,
            float[] scales,
            float[] shifts,
            int group,
            float[] y,
            int yAt) {
        FloatVector y0 = FloatVector.fromArray(SPECIES, y, yAt);
        FloatVector y1 = FloatVector.fromArray(SPECIES, y, yAt + RUN);
        FloatVector y2 = FloatVector.fromArray(SPECIES, y, yAt + 2 * RUN);
        FloatVector y3 = FloatVector.fromArray(SPECIES, y, yAt + 3 * RUN);
        FloatVector s0 = FloatVector.fromArray(SPECIES, scales, group);
        FloatVector s1 = FloatVector.fromArray(SPECIES, scales, group + RUN);
        FloatVector s2 = FloatVector.fromArray(SPECIES, scales, group + 2 * RUN);
        FloatVector s3 = FloatVector.fromArray(SPECIES, scales, group + 3 * RUN);
        FloatVector t0 = FloatVector.fromArray(SPECIES, shifts, group);
        FloatVector t1 = FloatVector.fromArray(SPECIES, shifts, group + RUN);
        FloatVector t2 = FloatVector.fromArray(SPECIES, shifts, group + 2 * RUN);
        FloatVector t3 = FloatVector.fromArray(SPECIES, shifts, group + 3 * RUN);
        int mask = (1 << bits) - 1;
        for (int i = 0; i < inputs; i++) {
            int bit = i * bits;
            IntVector w = ByteVector.fromArray(BYTES, q, qAt + (bit >> 3) * COLUMNS)
                    .reinterpretAsInts()
                    .lanewise(VectorOperators.LSHR, bit & 7);
            FloatVector x0 = FloatVector.broadcast(SPECIES, x[xAt + i]);
            IntVector w0 = w.and(mask);
            y0 = x0.fma(((FloatVector) w0.convertShape(VectorOperators.I2F, SPECIES, 0)).fma(s0, t0), y0);
            IntVector w1 = w.lanewise(VectorOperators.LSHR, 8).and(mask);
            y1 = x0.fma(((FloatVector) w1.convertShape(VectorOperators.I2F, SPECIES, 0)).fma(s1, t1), y1);
            IntVector w2 = w.lanewise(VectorOperators.LSHR, 16).and(mask);
            y2 = x0.fma(((FloatVector) w2.convertShape(VectorOperators.I2F, SPECIES, 0)).fma(s2, t2), y2);
            IntVector w3 = w.lanewise(VectorOperators.LSHR, 24).and(mask);
            y3 = x0.fma(((FloatVector) w3.convertShape(VectorOperators.I2F, SPECIES, 0)).fma(s3, t3), y3);
        }
        y0.intoArray(y, yAt);
        y1.intoArray(y, yAt + RUN);
        y2.intoArray(y, yAt + 2 * RUN);
        y3.intoArray(y, yAt + 3 * RUN);
    }
}
