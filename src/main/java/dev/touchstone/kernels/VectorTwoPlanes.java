package dev.touchstone.kernels;

import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Quantization;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The loops of {@link VectorCodeRows} and {@link VectorCodeColumns} for codes whose high bits are in another plane. */
final class VectorTwoPlanes {
    private static final VectorSpecies<Float> SPECIES = VectorTiles.SPECIES;
    private static final VectorSpecies<Byte> BYTES = VectorTiles.BYTES;
    private static final int LANES = SPECIES.length();
    private static final int COLUMNS = Matrix.PANEL;
    private static final int STEP = Quantization.STEP;
    private static final int PARTS = VectorCodeRows.PARTS;
    private static final int RUN = VectorCodeRows.RUN;
    private static final int BYTE = VectorCodeRows.BYTE;

    private VectorTwoPlanes() {}

    /** The lowest bits of each byte of an int. */
    private static int mask(int bits) {
        return 0x01010101 * ((1 << bits) - 1);
    }

    /** Signed codes, which are used in the highest bits of ints. Continues the sums of each step. {@code [step][column]} */
    static void addSigned(
            float[] x,
            int xAt,
            int inputs,
            byte[] q,
            int qAt,
            Quantization quantization,
            float[] scales,
            float[] sums) {
        int length = quantization.group();
        int lowBits = quantization.lowBits();
        int highBits = quantization.highBits();
        int lowMask = mask(lowBits);
        int highMask = mask(highBits);
        int stepBytes = STEP * COLUMNS / Byte.SIZE * (lowBits + highBits);
        for (int k = 0; k < inputs / length * PARTS; k++) {
            int first = k / PARTS * length;
            int c = k % PARTS * LANES;
            int group = k / PARTS * COLUMNS + c;
            int to = first / STEP * COLUMNS + c;
            int from = first % STEP;
            int low = qAt + first / STEP * stepBytes + c * Integer.BYTES;
            int high = low + STEP * lowBits / Byte.SIZE * COLUMNS;
            FloatVector y0 = FloatVector.fromArray(SPECIES, sums, to);
            FloatVector y1 = FloatVector.fromArray(SPECIES, sums, to + RUN);
            FloatVector y2 = FloatVector.fromArray(SPECIES, sums, to + 2 * RUN);
            FloatVector y3 = FloatVector.fromArray(SPECIES, sums, to + 3 * RUN);
            FloatVector s0 = FloatVector.fromArray(SPECIES, scales, group);
            FloatVector s1 = FloatVector.fromArray(SPECIES, scales, group + RUN);
            FloatVector s2 = FloatVector.fromArray(SPECIES, scales, group + 2 * RUN);
            FloatVector s3 = FloatVector.fromArray(SPECIES, scales, group + 3 * RUN);
            for (int i = from; i < from + length; i++) {
                int lowBit = i * lowBits;
                int highBit = i * highBits;
                IntVector h = ByteVector.fromArray(BYTES, q, high + (highBit >> 3) * COLUMNS)
                        .reinterpretAsInts()
                        .lanewise(VectorOperators.LSHR, highBit & 7)
                        .and(highMask)
                        .lanewise(VectorOperators.LSHL, Byte.SIZE - highBits);
                IntVector w = ByteVector.fromArray(BYTES, q, low + (lowBit >> 3) * COLUMNS)
                        .reinterpretAsInts()
                        .lanewise(VectorOperators.LSHR, lowBit & 7)
                        .and(lowMask)
                        .lanewise(VectorOperators.LSHL, Byte.SIZE - highBits - lowBits)
                        .or(h);
                FloatVector x0 = FloatVector.broadcast(SPECIES, x[xAt + first - from + i]);
                IntVector w0 = w.lanewise(VectorOperators.LSHL, 24);
                y0 = x0.fma(((FloatVector) w0.convertShape(VectorOperators.I2F, SPECIES, 0)).mul(s0), y0);
                IntVector w1 = w.lanewise(VectorOperators.LSHL, 16).and(BYTE);
                y1 = x0.fma(((FloatVector) w1.convertShape(VectorOperators.I2F, SPECIES, 0)).mul(s1), y1);
                IntVector w2 = w.lanewise(VectorOperators.LSHL, 8).and(BYTE);
                y2 = x0.fma(((FloatVector) w2.convertShape(VectorOperators.I2F, SPECIES, 0)).mul(s2), y2);
                IntVector w3 = w.and(BYTE);
                y3 = x0.fma(((FloatVector) w3.convertShape(VectorOperators.I2F, SPECIES, 0)).mul(s3), y3);
            }
            y0.intoArray(sums, to);
            y1.intoArray(sums, to + RUN);
            y2.intoArray(sums, to + 2 * RUN);
            y3.intoArray(sums, to + 3 * RUN);
        }
    }

    /** Unsigned codes with minima, as {@link VectorCodeRows#addShiftedNibbles}. Continues the sums of each step. {@code [step][column]} */
    static void addShifted(
            float[] x,
            int xAt,
            int inputs,
            byte[] q,
            int qAt,
            Quantization quantization,
            float[] scales,
            float[] shifts,
            float[] sums) {
        int length = quantization.group();
        int lowBits = quantization.lowBits();
        int highBits = quantization.highBits();
        int lowMask = mask(lowBits);
        int highMask = mask(highBits);
        int stepBytes = STEP * COLUMNS / Byte.SIZE * (lowBits + highBits);
        for (int k = 0; k < inputs / length * PARTS; k++) {
            int first = k / PARTS * length;
            int c = k % PARTS * LANES;
            int group = k / PARTS * COLUMNS + c;
            int to = first / STEP * COLUMNS + c;
            int from = first % STEP;
            int low = qAt + first / STEP * stepBytes + c * Integer.BYTES;
            int high = low + STEP * lowBits / Byte.SIZE * COLUMNS;
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
            for (int i = from; i < from + length; i++) {
                int lowBit = i * lowBits;
                int highBit = i * highBits;
                IntVector h = ByteVector.fromArray(BYTES, q, high + (highBit >> 3) * COLUMNS)
                        .reinterpretAsInts()
                        .lanewise(VectorOperators.LSHR, highBit & 7)
                        .and(highMask)
                        .lanewise(VectorOperators.LSHL, lowBits);
                IntVector w = ByteVector.fromArray(BYTES, q, low + (lowBit >> 3) * COLUMNS)
                        .reinterpretAsInts()
                        .lanewise(VectorOperators.LSHR, lowBit & 7)
                        .and(lowMask)
                        .or(h);
                FloatVector x0 = FloatVector.broadcast(SPECIES, x[xAt + first - from + i]);
                IntVector w0 = w.and(0xFF);
                y0 = x0.fma(((FloatVector) w0.convertShape(VectorOperators.I2F, SPECIES, 0)).fma(s0, t0), y0);
                IntVector w1 = w.and(0xFF << 8);
                y1 = x0.fma(((FloatVector) w1.convertShape(VectorOperators.I2F, SPECIES, 0)).fma(s1, t1), y1);
                IntVector w2 = w.and(0xFF << 16);
                y2 = x0.fma(((FloatVector) w2.convertShape(VectorOperators.I2F, SPECIES, 0)).fma(s2, t2), y2);
                IntVector w3 = w.and(0xFF << 24);
                y3 = x0.fma(((FloatVector) w3.convertShape(VectorOperators.I2F, SPECIES, 0)).fma(s3, t3), y3);
            }
            y0.intoArray(sums, to);
            y1.intoArray(sums, to + RUN);
            y2.intoArray(sums, to + 2 * RUN);
            y3.intoArray(sums, to + 3 * RUN);
        }
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
        int lowMask = (1 << lowBits) - 1 << shift;
        int highMask = (1 << highBits) - 1 << shift;
        for (int i = 0; i < inputs; i++) {
            int lowBit = i * lowBits;
            int highBit = i * highBits;
            IntVector high = ByteVector.fromArray(BYTES, q, highAt + (highBit >> 3) * COLUMNS)
                    .reinterpretAsInts()
                    .lanewise(VectorOperators.LSHR, highBit & 7)
                    .and(highMask)
                    .lanewise(VectorOperators.LSHL, lowBits);
            IntVector code = ByteVector.fromArray(BYTES, q, qAt + (lowBit >> 3) * COLUMNS)
                    .reinterpretAsInts()
                    .lanewise(VectorOperators.LSHR, lowBit & 7)
                    .and(lowMask)
                    .or(high);
            FloatVector number = (FloatVector) code.convertShape(VectorOperators.I2F, SPECIES, 0);
            number.fma(s0, t0).intoArray(to, at + i * COLUMNS);
        }
    }
}
