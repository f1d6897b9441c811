package dev.touchstone.kernels;

import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Quantization;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The loops of {@link VectorQuantized} for codes of 4 bits that are indices of {@link Quantization.Table#NORMAL}. The elements of that table
 * are within 0.44 of a polynomial, which is rounded to whole numbers: adding a number whose last bit is 1 does that. A lookup takes longer.
 */
final class VectorTable {
    private static final VectorSpecies<Float> SPECIES = VectorTiles.SPECIES;
    private static final VectorSpecies<Byte> BYTES = VectorTiles.BYTES;
    private static final int LANES = SPECIES.length();
    private static final int COLUMNS = Matrix.PANEL;
    private static final int STEP = Quantization.STEP;
    private static final int PARTS = VectorCodeRows.PARTS;
    private static final int RUN = VectorCodeRows.RUN;
    private static final int BITS = 4;
    private static final int MASK = (1 << BITS) - 1;

    private static final float ROUNDING = 0x1.8p23f;
    private static final float P0 = -126.57f;
    private static final float P1 = 24.174f;
    private static final float P2 = -1.3719f;
    private static final float P3 = 0.031086f;
    private static final float P4 = 0.001586f;

    private VectorTable() {}

    /** Widens a vector of columns for a group of inputs, whose codes begin at bit {@code shift} of ints. */
    static void widen(int inputs, byte[] q, int qAt, int shift, float[] scales, int group, float[] to, int at) {
        FloatVector scale = FloatVector.fromArray(SPECIES, scales, group);
        FloatVector p4 = FloatVector.broadcast(SPECIES, P4);
        FloatVector p3 = FloatVector.broadcast(SPECIES, P3);
        FloatVector p2 = FloatVector.broadcast(SPECIES, P2);
        FloatVector p1 = FloatVector.broadcast(SPECIES, P1);
        FloatVector p0 = FloatVector.broadcast(SPECIES, P0);
        for (int i = 0; i < inputs; i++) {
            int bit = i * BITS;
            IntVector code = ByteVector.fromArray(BYTES, q, qAt + (bit >> 3) * COLUMNS)
                    .reinterpretAsInts()
                    .lanewise(VectorOperators.LSHR, shift + (bit & 7))
                    .and(MASK);
            FloatVector c = (FloatVector) code.convertShape(VectorOperators.I2F, SPECIES, 0);
            c.fma(c.fma(c.fma(c.fma(p4, p3), p2), p1), p0)
                    .add(ROUNDING)
                    .sub(ROUNDING)
                    .mul(scale)
                    .intoArray(to, at + i * COLUMNS);
        }
    }

    /** The sums of a panel, as in {@link VectorCodeRows}. */
    static void addRow(float[] x, int xAt, int inputs, byte[] q, int qAt, float[] scales, float[] y, int yAt) {
        FloatVector p4 = FloatVector.broadcast(SPECIES, P4);
        FloatVector p3 = FloatVector.broadcast(SPECIES, P3);
        FloatVector p2 = FloatVector.broadcast(SPECIES, P2);
        FloatVector p1 = FloatVector.broadcast(SPECIES, P1);
        FloatVector p0 = FloatVector.broadcast(SPECIES, P0);
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
                IntVector w = ByteVector.fromArray(BYTES, q, at + (bit >> 3) * COLUMNS)
                        .reinterpretAsInts()
                        .lanewise(VectorOperators.LSHR, bit & 7);
                FloatVector n0 = (FloatVector) w.and(MASK).convertShape(VectorOperators.I2F, SPECIES, 0);
                FloatVector v0 =
                        n0.fma(n0.fma(n0.fma(n0.fma(p4, p3), p2), p1), p0).add(ROUNDING);
                y0 = x0.fma(v0.sub(ROUNDING).mul(s0), y0);
                IntVector w1 = w.lanewise(VectorOperators.LSHR, 8).and(MASK);
                FloatVector n1 = (FloatVector) w1.convertShape(VectorOperators.I2F, SPECIES, 0);
                FloatVector v1 =
                        n1.fma(n1.fma(n1.fma(n1.fma(p4, p3), p2), p1), p0).add(ROUNDING);
                y1 = x0.fma(v1.sub(ROUNDING).mul(s1), y1);
                IntVector w2 = w.lanewise(VectorOperators.LSHR, 16).and(MASK);
                FloatVector n2 = (FloatVector) w2.convertShape(VectorOperators.I2F, SPECIES, 0);
                FloatVector v2 =
                        n2.fma(n2.fma(n2.fma(n2.fma(p4, p3), p2), p1), p0).add(ROUNDING);
                y2 = x0.fma(v2.sub(ROUNDING).mul(s2), y2);
                IntVector w3 = w.lanewise(VectorOperators.LSHR, 24).and(MASK);
                FloatVector n3 = (FloatVector) w3.convertShape(VectorOperators.I2F, SPECIES, 0);
                FloatVector v3 =
                        n3.fma(n3.fma(n3.fma(n3.fma(p4, p3), p2), p1), p0).add(ROUNDING);
                y3 = x0.fma(v3.sub(ROUNDING).mul(s3), y3);
            }
            FloatVector.fromArray(SPECIES, y, to).add(y0).intoArray(y, to);
            FloatVector.fromArray(SPECIES, y, to + RUN).add(y1).intoArray(y, to + RUN);
            FloatVector.fromArray(SPECIES, y, to + 2 * RUN).add(y2).intoArray(y, to + 2 * RUN);
            FloatVector.fromArray(SPECIES, y, to + 3 * RUN).add(y3).intoArray(y, to + 3 * RUN);
        }
    }
}
