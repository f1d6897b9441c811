package dev.touchstone.kernels;

import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Quantization;
import dev.touchstone.tensor.QuantizedPanels;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Quantised weights: widened to float, or multiplied with one row of activations while they are widened in registers. Both unpack the
 * codes of a step to bytes first, and the scales to floats, which stay in the first-level cache. For one thread.
 */
final class VectorQuantized {
    private static final VectorSpecies<Float> SPECIES = VectorTiles.SPECIES;
    private static final VectorSpecies<Integer> INTS = VectorTiles.INTS;
    private static final VectorSpecies<Byte> BYTES = VectorScales.BYTES;
    private static final int LANES = SPECIES.length();
    private static final int COLUMNS = Matrix.PANEL;
    private static final int STEP = Quantization.STEP;
    private static final int ROW = QuantizedPanels.ROW;
    /** From a row of codes to that of the same input and the other outputs. */
    private static final int OTHER = STEP * ROW;

    private static final int MOST_GROUPS = 2;
    private static final float ROUNDING = 0x1.8p23f;

    // From the q of a vector of columns to those of the next three.
    private static final int V1 = vector(1);
    private static final int V2 = vector(2);
    private static final int V3 = vector(3);

    private final byte[] unpacked = new byte[VectorCodes.SIZE + LANES];
    private final float[] scales = new float[MOST_GROUPS * COLUMNS];
    private final float[] shifts = new float[MOST_GROUPS * COLUMNS];
    private final float[] sums = new float[COLUMNS];
    private final float[] wide = new float[STEP * COLUMNS];
    private final VectorScales widening = new VectorScales();

    /** The array that has the {@code q} of a step, from index {@link #first} on. Those of 8 bits are read where they are. */
    private byte[] q;

    private int first;

    private void unpack(QuantizedPanels panels, int panel, int input) {
        if (panels.quantization().lowBits() == Byte.SIZE) {
            q = panels.codes();
            first = panels.lowPlane(panel, input);
        } else {
            VectorCodes.unpack(panels, panel, input, unpacked);
            q = unpacked;
            first = 0;
        }
        widening.widen(panels, panel, input, scales, shifts);
    }

    /** The index of the {@code q} of an input and a column. */
    private static int place(int input, int column) {
        return column / ROW * OTHER + input * ROW + column % ROW;
    }

    /** {@link Loops#widen} */
    void widen(Matrix weight, int at, int count, float[] to) {
        QuantizedPanels panels = weight.quantized();
        Quantization quantization = panels.quantization();
        int panel = weight.output(at) / COLUMNS;
        int group = quantization.group();
        for (int i = 0; i < count / COLUMNS; i += STEP) {
            unpack(panels, panel, weight.input(at) + i);
            for (int from = 0; from < STEP; from += group) {
                int scale = from / group * COLUMNS;
                for (int c = 0; c < COLUMNS; c += LANES) {
                    int qAt = first + place(from, c);
                    int toAt = (i + from) * COLUMNS + c;
                    if (quantization.isNonLinear()) {
                        scaleNonLinear(q, qAt, group, scales, scale + c, to, toAt);
                    } else if (quantization.hasMinima()) {
                        shift(q, qAt, group, scales, shifts, scale + c, to, toAt);
                    } else {
                        scale(q, qAt, group, scales, scale + c, to, toAt);
                    }
                }
            }
        }
    }

    private static void scale(byte[] q, int qAt, int inputs, float[] scales, int group, float[] to, int at) {
        FloatVector scale = FloatVector.fromArray(SPECIES, scales, group);
        for (int i = 0; i < inputs; i++) {
            IntVector number = (IntVector)
                    ByteVector.fromArray(BYTES, q, qAt + i * ROW).convertShape(VectorOperators.B2I, INTS, 0);
            ((FloatVector) number.convertShape(VectorOperators.I2F, SPECIES, 0))
                    .mul(scale)
                    .intoArray(to, at + i * COLUMNS);
        }
    }

    private static void shift(
            byte[] q, int qAt, int inputs, float[] scales, float[] shifts, int group, float[] to, int at) {
        FloatVector scale = FloatVector.fromArray(SPECIES, scales, group);
        FloatVector shift = FloatVector.fromArray(SPECIES, shifts, group);
        for (int i = 0; i < inputs; i++) {
            IntVector number = (IntVector)
                    ByteVector.fromArray(BYTES, q, qAt + i * ROW).convertShape(VectorOperators.B2I, INTS, 0);
            ((FloatVector) number.convertShape(VectorOperators.I2F, SPECIES, 0))
                    .mul(scale)
                    .add(shift)
                    .intoArray(to, at + i * COLUMNS);
        }
    }

    /**
     * The same with the table. Its elements are within 0.44 of a polynomial, which is rounded to whole numbers: adding a number whose
     * last bit is 1 does that. A lookup takes longer.
     */
    private static void scaleNonLinear(byte[] q, int qAt, int inputs, float[] scales, int group, float[] to, int at) {
        for (int i = 0; i < inputs; i++) {
            IntVector number = (IntVector)
                    ByteVector.fromArray(BYTES, q, qAt + i * ROW).convertShape(VectorOperators.B2I, INTS, 0);
            FloatVector code = (FloatVector) number.convertShape(VectorOperators.I2F, SPECIES, 0);
            FloatVector p4 = FloatVector.broadcast(SPECIES, 0.001586f);
            FloatVector p3 = code.fma(p4, FloatVector.broadcast(SPECIES, 0.031086f));
            FloatVector p2 = code.fma(p3, FloatVector.broadcast(SPECIES, -1.3719f));
            FloatVector p1 = code.fma(p2, FloatVector.broadcast(SPECIES, 24.174f));
            FloatVector p0 = code.fma(p1, FloatVector.broadcast(SPECIES, -126.57f));
            FloatVector scale = FloatVector.fromArray(SPECIES, scales, group);
            p0.add(ROUNDING).sub(ROUNDING).mul(scale).intoArray(to, at + i * COLUMNS);
        }
    }

    /** {@link Loops#addRow}, for a step. */
    void addRow(float[] x, int xAt, Matrix weight, int wAt, float[] y, int yAt) {
        QuantizedPanels panels = weight.quantized();
        Quantization quantization = panels.quantization();
        if (quantization.isNonLinear()) {
            widen(weight, wAt, wide.length, wide);
            VectorStream.add(x, xAt, wide, 0, STEP, y, yAt);
            return;
        }
        unpack(panels, weight.output(wAt) / COLUMNS, weight.input(wAt));
        clear(sums);
        int group = quantization.group();
        for (int c = 0; c < COLUMNS; c += 4 * LANES) {
            for (int from = 0; from < STEP; from += group) {
                int qAt = first + place(from, c);
                int scale = from / group * COLUMNS + c;
                if (quantization.hasMinima()) {
                    shifted(x, xAt + from, group, q, qAt, scales, shifts, scale, sums, c);
                } else {
                    scaled(x, xAt + from, group, q, qAt, scales, scale, sums, c);
                }
            }
        }
        VectorElements.add(sums, 0, y, yAt, y, yAt, COLUMNS);
    }

    private static void clear(float[] sums) {
        for (int c = 0; c < COLUMNS; c += LANES) {
            FloatVector.zero(SPECIES).intoArray(sums, c);
        }
    }

    /** The index of the {@code q} of the vector of columns number {@code k}, from that of vector 0 on. */
    private static int vector(int k) {
        return k * LANES / ROW * OTHER + k * LANES % ROW;
    }

    /**
     * Continues the sums of four vectors of columns with a group of inputs. The code, inlined, must stay below the size at which C2
     * stops to inline and makes vectors objects.
     */
    private static void scaled(
            float[] x, int xAt, int inputs, byte[] q, int qAt, float[] scales, int group, float[] y, int yAt) {
        FloatVector y0 = FloatVector.fromArray(SPECIES, y, yAt);
        FloatVector y1 = FloatVector.fromArray(SPECIES, y, yAt + LANES);
        FloatVector y2 = FloatVector.fromArray(SPECIES, y, yAt + 2 * LANES);
        FloatVector y3 = FloatVector.fromArray(SPECIES, y, yAt + 3 * LANES);
        FloatVector s0 = FloatVector.fromArray(SPECIES, scales, group);
        FloatVector s1 = FloatVector.fromArray(SPECIES, scales, group + LANES);
        FloatVector s2 = FloatVector.fromArray(SPECIES, scales, group + 2 * LANES);
        FloatVector s3 = FloatVector.fromArray(SPECIES, scales, group + 3 * LANES);
        int end = xAt + inputs;
        int base = qAt - xAt * ROW;
        for (int i = xAt; i < end; i++) {
            int row = base + i * ROW;
            FloatVector x0 = FloatVector.broadcast(SPECIES, x[i]);
            IntVector q0 = (IntVector) ByteVector.fromArray(BYTES, q, row).convertShape(VectorOperators.B2I, INTS, 0);
            y0 = x0.fma(((FloatVector) q0.convertShape(VectorOperators.I2F, SPECIES, 0)).mul(s0), y0);
            IntVector q1 =
                    (IntVector) ByteVector.fromArray(BYTES, q, row + V1).convertShape(VectorOperators.B2I, INTS, 0);
            y1 = x0.fma(((FloatVector) q1.convertShape(VectorOperators.I2F, SPECIES, 0)).mul(s1), y1);
            IntVector q2 =
                    (IntVector) ByteVector.fromArray(BYTES, q, row + V2).convertShape(VectorOperators.B2I, INTS, 0);
            y2 = x0.fma(((FloatVector) q2.convertShape(VectorOperators.I2F, SPECIES, 0)).mul(s2), y2);
            IntVector q3 =
                    (IntVector) ByteVector.fromArray(BYTES, q, row + V3).convertShape(VectorOperators.B2I, INTS, 0);
            y3 = x0.fma(((FloatVector) q3.convertShape(VectorOperators.I2F, SPECIES, 0)).mul(s3), y3);
        }
        y0.intoArray(y, yAt);
        y1.intoArray(y, yAt + LANES);
        y2.intoArray(y, yAt + 2 * LANES);
        y3.intoArray(y, yAt + 3 * LANES);
    }

    /**
     * The same with minima, whose negatives are {@code shifts}. The product of {@code q} and its scale needs at most 23 bits: 11 of the
     * factor, 7 of the group's number, 5 of {@code q}. So it is exact, and one fused operation rounds as the two of the formula.
     */
    private static void shifted(
            float[] x,
            int xAt,
            int inputs,
            byte[] q,
            int qAt,
            float[] scales,
            float[] shifts,
            int group,
            float[] y,
            int yAt) {
        FloatVector y0 = FloatVector.fromArray(SPECIES, y, yAt);
        FloatVector y1 = FloatVector.fromArray(SPECIES, y, yAt + LANES);
        FloatVector y2 = FloatVector.fromArray(SPECIES, y, yAt + 2 * LANES);
        FloatVector y3 = FloatVector.fromArray(SPECIES, y, yAt + 3 * LANES);
        FloatVector s0 = FloatVector.fromArray(SPECIES, scales, group);
        FloatVector s1 = FloatVector.fromArray(SPECIES, scales, group + LANES);
        FloatVector s2 = FloatVector.fromArray(SPECIES, scales, group + 2 * LANES);
        FloatVector s3 = FloatVector.fromArray(SPECIES, scales, group + 3 * LANES);
        FloatVector t0 = FloatVector.fromArray(SPECIES, shifts, group);
        FloatVector t1 = FloatVector.fromArray(SPECIES, shifts, group + LANES);
        FloatVector t2 = FloatVector.fromArray(SPECIES, shifts, group + 2 * LANES);
        FloatVector t3 = FloatVector.fromArray(SPECIES, shifts, group + 3 * LANES);
        int end = xAt + inputs;
        int base = qAt - xAt * ROW;
        for (int i = xAt; i < end; i++) {
            int row = base + i * ROW;
            FloatVector x0 = FloatVector.broadcast(SPECIES, x[i]);
            IntVector q0 = (IntVector) ByteVector.fromArray(BYTES, q, row).convertShape(VectorOperators.B2I, INTS, 0);
            y0 = x0.fma(((FloatVector) q0.convertShape(VectorOperators.I2F, SPECIES, 0)).fma(s0, t0), y0);
            IntVector q1 =
                    (IntVector) ByteVector.fromArray(BYTES, q, row + V1).convertShape(VectorOperators.B2I, INTS, 0);
            y1 = x0.fma(((FloatVector) q1.convertShape(VectorOperators.I2F, SPECIES, 0)).fma(s1, t1), y1);
            IntVector q2 =
                    (IntVector) ByteVector.fromArray(BYTES, q, row + V2).convertShape(VectorOperators.B2I, INTS, 0);
            y2 = x0.fma(((FloatVector) q2.convertShape(VectorOperators.I2F, SPECIES, 0)).fma(s2, t2), y2);
            IntVector q3 =
                    (IntVector) ByteVector.fromArray(BYTES, q, row + V3).convertShape(VectorOperators.B2I, INTS, 0);
            y3 = x0.fma(((FloatVector) q3.convertShape(VectorOperators.I2F, SPECIES, 0)).fma(s3, t3), y3);
        }
        y0.intoArray(y, yAt);
        y1.intoArray(y, yAt + LANES);
        y2.intoArray(y, yAt + 2 * LANES);
        y3.intoArray(y, yAt + 3 * LANES);
    }
}
