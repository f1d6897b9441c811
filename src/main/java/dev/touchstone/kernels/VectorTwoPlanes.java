package dev.touchstone.kernels;

import dev.touchstone.tensor.Matrix;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The loops of {@link VectorCodeRows} and {@link VectorCodeColumns} for codes whose high bits are in another plane. */
final class VectorTwoPlanes {
    private static final VectorSpecies<Float> SPECIES = VectorTiles.SPECIES;
    private static final VectorSpecies<Byte> BYTES = VectorTiles.BYTES;
    private static final int COLUMNS = Matrix.PANEL;
    private static final int RUN = VectorCodeRows.RUN;
    private static final int BYTE = VectorCodeRows.BYTE;

    private VectorTwoPlanes() {}

    /** The lowest bits of each byte of an int. */
    private static int mask(int bits) {
        return 0x01010101 * ((1 << bits) - 1);
    }

    /** Signed codes, which are used in the highest bits of ints. */
    static void addSigned(
            float[] x,
            int xAt,
            int inputs,
            byte[] q,
            int qAt,
            int lowBits,
            int highAt,
            int highBits,
            float[] scales,
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
        int lowMask = mask(lowBits);
        int highMask = mask(highBits);
        for (int i = 0; i < inputs; i++) {
            int lowBit = i * lowBits;
            int highBit = i * highBits;
            IntVector high = ByteVector.fromArray(BYTES, q, highAt + (highBit >> 3) * COLUMNS)
                    .reinterpretAsInts()
                    .lanewise(VectorOperators.LSHR, highBit & 7)
                    .and(highMask)
                    .lanewise(VectorOperators.LSHL, Byte.SIZE - highBits);
            IntVector w = ByteVector.fromArray(BYTES, q, qAt + (lowBit >> 3) * COLUMNS)
                    .reinterpretAsInts()
                    .lanewise(VectorOperators.LSHR, lowBit & 7)
                    .and(lowMask)
                    .lanewise(VectorOperators.LSHL, Byte.SIZE - highBits - lowBits)
                    .or(high);
            FloatVector x0 = FloatVector.broadcast(SPECIES, x[xAt + i]);
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

    /** Unsigned codes with minima, as {@link VectorCodeRows#addShifted}. The high bits begin at index {@code highAt}. */
    static void addShifted(
            float[] x,
            int xAt,
            int inputs,
            byte[] q,
            int qAt,
            int lowBits,
            int highAt,
            int highBits,
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
        int lowMask = mask(lowBits);
        int highMask = mask(highBits);
        for (int i = 0; i < inputs; i++) {
            int lowBit = i * lowBits;
            int highBit = i * highBits;
            IntVector high = ByteVector.fromArray(BYTES, q, highAt + (highBit >> 3) * COLUMNS)
                    .reinterpretAsInts()
                    .lanewise(VectorOperators.LSHR, highBit & 7)
                    .and(highMask)
                    .lanewise(VectorOperators.LSHL, lowBits);
            IntVector w = ByteVector.fromArray(BYTES, q, qAt + (lowBit >> 3) * COLUMNS)
                    .reinterpretAsInts()
                    .lanewise(VectorOperators.LSHR, lowBit & 7)
                    .and(lowMask)
                    .or(high);
            FloatVector x0 = FloatVector.broadcast(SPECIES, x[xAt + i]);
            IntVector w0 = w.and(0xFF);
            y0 = x0.fma(((FloatVector) w0.convertShape(VectorOperators.I2F, SPECIES, 0)).fma(s0, t0), y0);
            IntVector w1 = w.lanewise(VectorOperators.LSHR, 8).and(0xFF);
            y1 = x0.fma(((FloatVector) w1.convertShape(VectorOperators.I2F, SPECIES, 0)).fma(s1, t1), y1);
            IntVector w2 = w.lanewise(VectorOperators.LSHR, 16).and(0xFF);
            y2 = x0.fma(((FloatVector) w2.convertShape(VectorOperators.I2F, SPECIES, 0)).fma(s2, t2), y2);
            IntVector w3 = w.lanewise(VectorOperators.LSHR, 24);
            y3 = x0.fma(((FloatVector) w3.convertShape(VectorOperators.I2F, SPECIES, 0)).fma(s3, t3), y3);
        }
        y0.intoArray(y, yAt);
        y1.intoArray(y, yAt + RUN);
        y2.intoArray(y, yAt + 2 * RUN);
        y3.intoArray(y, yAt + 3 * RUN);
    }

    /** A vector of columns of signed codes. */
    static void widenSigned(
            int inputs,
            byte[] q,
            int qAt,
            int lowBits,
            int highAt,
            int highBits,
            int shift,
            float[] scales,
            int group,
            float[] to,
            int at) {
        FloatVector s0 = FloatVector.fromArray(SPECIES, scales, group);
        int lowMask = (1 << lowBits) - 1;
        int highMask = (1 << highBits) - 1;
        for (int i = 0; i < inputs; i++) {
            int lowBit = i * lowBits;
            int highBit = i * highBits;
            IntVector high = ByteVector.fromArray(BYTES, q, highAt + (highBit >> 3) * COLUMNS)
                    .reinterpretAsInts()
                    .lanewise(VectorOperators.LSHR, shift + (highBit & 7))
                    .and(highMask)
                    .lanewise(VectorOperators.LSHL, Integer.SIZE - highBits);
            IntVector code = ByteVector.fromArray(BYTES, q, qAt + (lowBit >> 3) * COLUMNS)
                    .reinterpretAsInts()
                    .lanewise(VectorOperators.LSHR, shift + (lowBit & 7))
                    .and(lowMask)
                    .lanewise(VectorOperators.LSHL, Integer.SIZE - highBits - lowBits)
                    .or(high);
            FloatVector number = (FloatVector) code.convertShape(VectorOperators.I2F, SPECIES, 0);
            number.mul(s0).intoArray(to, at + i * COLUMNS);
        }
    }

    /** A vector of columns of unsigned codes, as {@link VectorCodeColumns#widenShifted}. */
    static void widenShifted(
            int inputs,
            byte[] q,
            int qAt,
            int lowBits,
            int highAt,
            int highBits,
            int shift,
            float[] scales,
            float[] shifts,
            int group,
            float[] to,
            int at) {
        FloatVector s0 = FloatVector.fromArray(SPECIES, scales, group);
        FloatVector t0 = FloatVector.fromArray(SPECIES, shifts, group);
        int lowMask = (1 << lowBits) - 1;
        int highMask = (1 << highBits) - 1;
        for (int i = 0; i < inputs; i++) {
            int lowBit = i * lowBits;
            int highBit = i * highBits;
            IntVector high = ByteVector.fromArray(BYTES, q, highAt + (highBit >> 3) * COLUMNS)
                    .reinterpretAsInts()
                    .lanewise(VectorOperators.LSHR, shift + (highBit & 7))
                    .and(highMask)
                    .lanewise(VectorOperators.LSHL, lowBits);
            IntVector code = ByteVector.fromArray(BYTES, q, qAt + (lowBit >> 3) * COLUMNS)
                    .reinterpretAsInts()
                    .lanewise(VectorOperators.LSHR, shift + (lowBit & 7))
                    .and(lowMask)
                    .or(high);
            FloatVector number = (FloatVector) code.convertShape(VectorOperators.I2F, SPECIES, 0);
            number.fma(s0, t0).intoArray(to, at + i * COLUMNS);
        }
    }
}
