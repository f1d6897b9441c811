package dev.touchstone.kernels;

import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Quantization;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The loops of {@link VectorQuantized} for one row of activations and a chunk of inputs of a panel. An iteration of the outer loop is a step of
 * four vectors of columns, {@value #RUN} columns apart: their codes, which begin at index {@code qAt}, are the four bytes of a vector of ints.
 *
 * <p>Two rules keep vectors from becoming objects. The code of a loop, inlined, must stay below the size at which C2 stops to inline. And a
 * vector may be carried by one loop, but not by another loop around it.
 */
final class VectorCodeRows {
    private static final VectorSpecies<Float> SPECIES = VectorTiles.SPECIES;
    private static final VectorSpecies<Byte> BYTES = VectorTiles.BYTES;
    private static final int LANES = SPECIES.length();
    private static final int COLUMNS = Matrix.PANEL;
    private static final int STEP = Quantization.STEP;
    /** From a column to the one whose code is in the next byte of an int. */
    static final int RUN = COLUMNS / Integer.BYTES;
    /** The number of vectors that a run has. */
    static final int PARTS = RUN / LANES;
    /** The inputs of a group of codes of 2 bits. */
    private static final int PAIRS_GROUP = 16;
    /** The highest 4 and 8 bits of an int. */
    private static final int NIBBLE = 0xF0000000;

    static final int BYTE = 0xFF000000;

    private VectorCodeRows() {}

    /**
     * Signed codes of 4 bits. Scales are those of weights divided by 2^28, since codes are used in the highest bits of ints. C2 does not unroll
     * the loop, because its condition is {@code !=}: it would move the loads of all copies to the front, and for want of registers the sums
     * through memory.
     */
    static void addNibbles(float[] x, int xAt, int inputs, byte[] q, int qAt, float[] scales, float[] y, int yAt) {
        for (int k = 0; k < inputs / STEP * PARTS; k++) {
            int step = k / PARTS;
            int c = k % PARTS * LANES;
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
            int i = xAt + step * STEP;
            int from = qAt + step * STEP / 2 * COLUMNS + c * Integer.BYTES;
            for (int at = from; at != from + STEP / 2 * COLUMNS; at += COLUMNS) {
                IntVector w = ByteVector.fromArray(BYTES, q, at).reinterpretAsInts();
                FloatVector x0 = FloatVector.broadcast(SPECIES, x[i]);
                IntVector w0 = w.lanewise(VectorOperators.LSHL, 28);
                y0 = x0.fma(((FloatVector) w0.convertShape(VectorOperators.I2F, SPECIES, 0)).mul(s0), y0);
                IntVector w1 = w.lanewise(VectorOperators.LSHL, 20).and(NIBBLE);
                y1 = x0.fma(((FloatVector) w1.convertShape(VectorOperators.I2F, SPECIES, 0)).mul(s1), y1);
                IntVector w2 = w.lanewise(VectorOperators.LSHL, 12).and(NIBBLE);
                y2 = x0.fma(((FloatVector) w2.convertShape(VectorOperators.I2F, SPECIES, 0)).mul(s2), y2);
                IntVector w3 = w.lanewise(VectorOperators.LSHL, 4).and(NIBBLE);
                y3 = x0.fma(((FloatVector) w3.convertShape(VectorOperators.I2F, SPECIES, 0)).mul(s3), y3);
                FloatVector x1 = FloatVector.broadcast(SPECIES, x[i + 1]);
                IntVector w4 = w.lanewise(VectorOperators.LSHL, 24).and(NIBBLE);
                y0 = x1.fma(((FloatVector) w4.convertShape(VectorOperators.I2F, SPECIES, 0)).mul(s0), y0);
                IntVector w5 = w.lanewise(VectorOperators.LSHL, 16).and(NIBBLE);
                y1 = x1.fma(((FloatVector) w5.convertShape(VectorOperators.I2F, SPECIES, 0)).mul(s1), y1);
                IntVector w6 = w.lanewise(VectorOperators.LSHL, 8).and(NIBBLE);
                y2 = x1.fma(((FloatVector) w6.convertShape(VectorOperators.I2F, SPECIES, 0)).mul(s2), y2);
                IntVector w7 = w.and(NIBBLE);
                y3 = x1.fma(((FloatVector) w7.convertShape(VectorOperators.I2F, SPECIES, 0)).mul(s3), y3);
                i += 2;
            }
            FloatVector.fromArray(SPECIES, y, to).add(y0).intoArray(y, to);
            FloatVector.fromArray(SPECIES, y, to + RUN).add(y1).intoArray(y, to + RUN);
            FloatVector.fromArray(SPECIES, y, to + 2 * RUN).add(y2).intoArray(y, to + 2 * RUN);
            FloatVector.fromArray(SPECIES, y, to + 3 * RUN).add(y3).intoArray(y, to + 3 * RUN);
        }
    }

    /** Signed codes of 8 bits. Scales are those of weights divided by 2^24. */
    static void addBytes(float[] x, int xAt, int inputs, byte[] q, int qAt, float[] scales, float[] y, int yAt) {
        for (int k = 0; k < inputs / STEP * PARTS; k++) {
            int step = k / PARTS;
            int c = k % PARTS * LANES;
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
            int i = xAt + step * STEP;
            int from = qAt + step * STEP * COLUMNS + c * Integer.BYTES;
            for (int at = from; at != from + STEP * COLUMNS; at += COLUMNS) {
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
            FloatVector.fromArray(SPECIES, y, to).add(y0).intoArray(y, to);
            FloatVector.fromArray(SPECIES, y, to + RUN).add(y1).intoArray(y, to + RUN);
            FloatVector.fromArray(SPECIES, y, to + 2 * RUN).add(y2).intoArray(y, to + 2 * RUN);
            FloatVector.fromArray(SPECIES, y, to + 3 * RUN).add(y3).intoArray(y, to + 3 * RUN);
        }
    }

    /**
     * Unsigned codes of 4 bits with minima, whose negatives are the shifts. Codes are used in the bytes of ints where they are, and scales are
     * divided by the place of that byte. The product of a code and its scale needs at most 23 bits: 11 of the factor, 7 of the group's
     * number, 5 of the code. So it is exact, and one fused operation rounds as the two of the formula.
     */
    static void addShiftedNibbles(
            float[] x, int xAt, int inputs, byte[] q, int qAt, float[] scales, float[] shifts, float[] y, int yAt) {
        IntVector m0 = IntVector.broadcast(VectorTiles.INTS, 0xF);
        IntVector m1 = IntVector.broadcast(VectorTiles.INTS, 0xF << 8);
        IntVector m2 = IntVector.broadcast(VectorTiles.INTS, 0xF << 16);
        IntVector m3 = IntVector.broadcast(VectorTiles.INTS, 0xF << 24);
        for (int k = 0; k < inputs / STEP * PARTS; k++) {
            int step = k / PARTS;
            int c = k % PARTS * LANES;
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
            FloatVector t0 = FloatVector.fromArray(SPECIES, shifts, group);
            FloatVector t1 = FloatVector.fromArray(SPECIES, shifts, group + RUN);
            FloatVector t2 = FloatVector.fromArray(SPECIES, shifts, group + 2 * RUN);
            FloatVector t3 = FloatVector.fromArray(SPECIES, shifts, group + 3 * RUN);
            int at = qAt + step * STEP / 2 * COLUMNS + c * Integer.BYTES;
            int i = xAt + step * STEP;
            for (int j = 0; j != STEP; j++) {
                IntVector w = ByteVector.fromArray(BYTES, q, at + (j >> 1) * COLUMNS)
                        .reinterpretAsInts()
                        .lanewise(VectorOperators.LSHR, (j & 1) * 4);
                FloatVector x0 = FloatVector.broadcast(SPECIES, x[i++]);
                IntVector w0 = w.and(m0);
                y0 = x0.fma(((FloatVector) w0.convertShape(VectorOperators.I2F, SPECIES, 0)).fma(s0, t0), y0);
                IntVector w1 = w.and(m1);
                y1 = x0.fma(((FloatVector) w1.convertShape(VectorOperators.I2F, SPECIES, 0)).fma(s1, t1), y1);
                IntVector w2 = w.and(m2);
                y2 = x0.fma(((FloatVector) w2.convertShape(VectorOperators.I2F, SPECIES, 0)).fma(s2, t2), y2);
                IntVector w3 = w.and(m3);
                y3 = x0.fma(((FloatVector) w3.convertShape(VectorOperators.I2F, SPECIES, 0)).fma(s3, t3), y3);
            }
            FloatVector.fromArray(SPECIES, y, to).add(y0).intoArray(y, to);
            FloatVector.fromArray(SPECIES, y, to + RUN).add(y1).intoArray(y, to + RUN);
            FloatVector.fromArray(SPECIES, y, to + 2 * RUN).add(y2).intoArray(y, to + 2 * RUN);
            FloatVector.fromArray(SPECIES, y, to + 3 * RUN).add(y3).intoArray(y, to + 3 * RUN);
        }
    }

    /** Unsigned codes of 2 bits with minima, in groups of {@value #PAIRS_GROUP} inputs. Continues the sums of each step. {@code [step][column]} */
    static void addShiftedPairs(
            float[] x, int xAt, int inputs, byte[] q, int qAt, float[] scales, float[] shifts, float[] sums) {
        for (int k = 0; k < inputs / PAIRS_GROUP * PARTS; k++) {
            int first = k / PARTS * PAIRS_GROUP;
            int c = k % PARTS * LANES;
            int group = k / PARTS * COLUMNS + c;
            int to = first / STEP * COLUMNS + c;
            int at = qAt + first / 4 * COLUMNS + c * Integer.BYTES;
            FloatVector y0 = FloatVector.fromArray(SPECIES, sums, to);
            FloatVector y1 = FloatVector.fromArray(SPECIES, sums, to + RUN);
            FloatVector y2 = FloatVector.fromArray(SPECIES, sums, to + 2 * RUN);
            FloatVector y3 = FloatVector.fromArray(SPECIES, sums, to + 3 * RUN);
            FloatVector s0 = FloatVector.fromArray(SPECIES, scales, group);
            FloatVector s1 = FloatVector.fromArray(SPECIES, scales, group + RUN);
            FloatVector s2 = FloatVector.fromArray(SPECIES, scales, group + 2 * RUN);
            FloatVector s3 = FloatVector.fromArray(SPECIES, scales, group + 3 * RUN);
            FloatVector t0 = FloatVector.fromArray(SPECIES, shifts, group);
            FloatVector t1 = FloatVector.fromArray(SPECIES, shifts, group + RUN);
            FloatVector t2 = FloatVector.fromArray(SPECIES, shifts, group + 2 * RUN);
            FloatVector t3 = FloatVector.fromArray(SPECIES, shifts, group + 3 * RUN);
            for (int j = 0; j != PAIRS_GROUP; j++) {
                IntVector w = ByteVector.fromArray(BYTES, q, at + (j >> 2) * COLUMNS)
                        .reinterpretAsInts()
                        .lanewise(VectorOperators.LSHR, (j & 3) * 2);
                FloatVector x0 = FloatVector.broadcast(SPECIES, x[xAt + first + j]);
                IntVector w0 = w.and(3);
                y0 = x0.fma(((FloatVector) w0.convertShape(VectorOperators.I2F, SPECIES, 0)).fma(s0, t0), y0);
                IntVector w1 = w.and(3 << 8);
                y1 = x0.fma(((FloatVector) w1.convertShape(VectorOperators.I2F, SPECIES, 0)).fma(s1, t1), y1);
                IntVector w2 = w.and(3 << 16);
                y2 = x0.fma(((FloatVector) w2.convertShape(VectorOperators.I2F, SPECIES, 0)).fma(s2, t2), y2);
                IntVector w3 = w.and(3 << 24);
                y3 = x0.fma(((FloatVector) w3.convertShape(VectorOperators.I2F, SPECIES, 0)).fma(s3, t3), y3);
            }
            y0.intoArray(sums, to);
            y1.intoArray(sums, to + RUN);
            y2.intoArray(sums, to + 2 * RUN);
            y3.intoArray(sums, to + 3 * RUN);
        }
    }
}
