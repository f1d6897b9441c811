package dev.touchstone.kernels;

import dev.touchstone.tensor.Matrix;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Weights of 8 bits: widened to float, and multiplied with one row of activations while they are widened in registers. A weight is
 * {@code scale q - minimum}, as {@link Matrix#at} computes it. Inputs are whole groups of weights that share scale and minimum.
 */
final class VectorInt8 {
    private static final VectorSpecies<Float> SPECIES = VectorTiles.SPECIES;
    private static final VectorSpecies<Integer> INTS = VectorTiles.INTS;
    private static final int LANES = SPECIES.length();
    private static final int COLUMNS = VectorTiles.COLUMNS;

    /** As many bytes as a vector of floats has lanes, or eight if these are only four: then the first four are converted. */
    private static final VectorSpecies<Byte> BYTES =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, LANES * Byte.SIZE)));

    private VectorInt8() {}

    /** {@link Loops#widen} */
    static void widen(Matrix weight, int at, int count, float[] to) {
        int group = weight.quantization().group();
        int rows = count / COLUMNS;
        int scales = weight.groupIndex(weight.input(at), weight.output(at));
        boolean shifted = weight.minima().length > 0;
        for (int i = 0; i < rows; i += group, scales += COLUMNS) {
            int from = i * COLUMNS;
            int end = Math.min(rows, i + group) * COLUMNS;
            for (int c = 0; c < COLUMNS; c += LANES) {
                if (shifted) {
                    shift(weight, at, from + c, end, scales + c, to);
                } else {
                    scale(weight, at, from + c, end, scales + c, to);
                }
            }
        }
    }

    private static void scale(Matrix weight, int at, int from, int end, int scales, float[] to) {
        byte[] quants = weight.quants();
        FloatVector scale = FloatVector.fromArray(SPECIES, weight.scales(), scales);
        for (int i = from; i < end; i += COLUMNS) {
            IntVector q =
                    (IntVector) ByteVector.fromArray(BYTES, quants, at + i).convertShape(VectorOperators.B2I, INTS, 0);
            ((FloatVector) q.convertShape(VectorOperators.I2F, SPECIES, 0))
                    .mul(scale)
                    .intoArray(to, i);
        }
    }

    private static void shift(Matrix weight, int at, int from, int end, int scales, float[] to) {
        byte[] quants = weight.quants();
        FloatVector scale = FloatVector.fromArray(SPECIES, weight.scales(), scales);
        FloatVector minimum = FloatVector.fromArray(SPECIES, weight.minima(), scales);
        for (int i = from; i < end; i += COLUMNS) {
            IntVector q =
                    (IntVector) ByteVector.fromArray(BYTES, quants, at + i).convertShape(VectorOperators.B2I, INTS, 0);
            ((FloatVector) q.convertShape(VectorOperators.I2F, SPECIES, 0))
                    .mul(scale)
                    .sub(minimum)
                    .intoArray(to, i);
        }
    }

    /** {@link Loops#addRow} */
    static void addRow(float[] x, int xAt, Matrix weight, int wAt, int inputs, float[] y, int yAt) {
        int group = weight.groupIndex(weight.input(wAt), weight.output(wAt));
        boolean shifted = weight.minima().length > 0;
        for (int c = 0; c < COLUMNS; c += 4 * LANES) {
            if (shifted) {
                shifted(x, xAt, weight, wAt + c, group + c, inputs, y, yAt + c);
            } else {
                scaled(x, xAt, weight, wAt + c, group + c, inputs, y, yAt + c);
            }
        }
    }

    /** Four vectors of columns. Their code, inlined, must stay below the size at which C2 stops to inline and makes vectors objects. */
    private static void scaled(float[] x, int xAt, Matrix weight, int wAt, int group, int inputs, float[] y, int yAt) {
        byte[] w = weight.quants();
        float[] scales = weight.scales();
        int size = weight.quantization().log2Group();
        FloatVector y0 = FloatVector.zero(SPECIES);
        FloatVector y1 = FloatVector.zero(SPECIES);
        FloatVector y2 = FloatVector.zero(SPECIES);
        FloatVector y3 = FloatVector.zero(SPECIES);
        int end = xAt + inputs;
        int base = wAt - xAt * COLUMNS;
        for (int i = xAt; i < end; i++) {
            int row = base + i * COLUMNS;
            int g = group + ((i - xAt) >> size) * COLUMNS;
            FloatVector x0 = FloatVector.broadcast(SPECIES, x[i]);
            IntVector q0 = (IntVector) ByteVector.fromArray(BYTES, w, row).convertShape(VectorOperators.B2I, INTS, 0);
            FloatVector p0 = (FloatVector) q0.convertShape(VectorOperators.I2F, SPECIES, 0);
            y0 = x0.fma(p0.mul(FloatVector.fromArray(SPECIES, scales, g)), y0);
            IntVector q1 =
                    (IntVector) ByteVector.fromArray(BYTES, w, row + LANES).convertShape(VectorOperators.B2I, INTS, 0);
            FloatVector p1 = (FloatVector) q1.convertShape(VectorOperators.I2F, SPECIES, 0);
            y1 = x0.fma(p1.mul(FloatVector.fromArray(SPECIES, scales, g + LANES)), y1);
            IntVector q2 = (IntVector)
                    ByteVector.fromArray(BYTES, w, row + 2 * LANES).convertShape(VectorOperators.B2I, INTS, 0);
            FloatVector p2 = (FloatVector) q2.convertShape(VectorOperators.I2F, SPECIES, 0);
            y2 = x0.fma(p2.mul(FloatVector.fromArray(SPECIES, scales, g + 2 * LANES)), y2);
            IntVector q3 = (IntVector)
                    ByteVector.fromArray(BYTES, w, row + 3 * LANES).convertShape(VectorOperators.B2I, INTS, 0);
            FloatVector p3 = (FloatVector) q3.convertShape(VectorOperators.I2F, SPECIES, 0);
            y3 = x0.fma(p3.mul(FloatVector.fromArray(SPECIES, scales, g + 3 * LANES)), y3);
        }
        FloatVector.fromArray(SPECIES, y, yAt).add(y0).intoArray(y, yAt);
        FloatVector.fromArray(SPECIES, y, yAt + LANES).add(y1).intoArray(y, yAt + LANES);
        FloatVector.fromArray(SPECIES, y, yAt + 2 * LANES).add(y2).intoArray(y, yAt + 2 * LANES);
        FloatVector.fromArray(SPECIES, y, yAt + 3 * LANES).add(y3).intoArray(y, yAt + 3 * LANES);
    }

    /** The same with minima. */
    private static void shifted(float[] x, int xAt, Matrix weight, int wAt, int group, int inputs, float[] y, int yAt) {
        byte[] w = weight.quants();
        float[] scales = weight.scales();
        float[] minima = weight.minima();
        int size = weight.quantization().log2Group();
        FloatVector y0 = FloatVector.zero(SPECIES);
        FloatVector y1 = FloatVector.zero(SPECIES);
        FloatVector y2 = FloatVector.zero(SPECIES);
        FloatVector y3 = FloatVector.zero(SPECIES);
        int end = xAt + inputs;
        int base = wAt - xAt * COLUMNS;
        for (int i = xAt; i < end; i++) {
            int row = base + i * COLUMNS;
            int g = group + ((i - xAt) >> size) * COLUMNS;
            FloatVector x0 = FloatVector.broadcast(SPECIES, x[i]);
            IntVector q0 = (IntVector) ByteVector.fromArray(BYTES, w, row).convertShape(VectorOperators.B2I, INTS, 0);
            FloatVector p0 = (FloatVector) q0.convertShape(VectorOperators.I2F, SPECIES, 0);
            FloatVector w0 = p0.mul(FloatVector.fromArray(SPECIES, scales, g));
            y0 = x0.fma(w0.sub(FloatVector.fromArray(SPECIES, minima, g)), y0);
            IntVector q1 =
                    (IntVector) ByteVector.fromArray(BYTES, w, row + LANES).convertShape(VectorOperators.B2I, INTS, 0);
            FloatVector p1 = (FloatVector) q1.convertShape(VectorOperators.I2F, SPECIES, 0);
            FloatVector w1 = p1.mul(FloatVector.fromArray(SPECIES, scales, g + LANES));
            y1 = x0.fma(w1.sub(FloatVector.fromArray(SPECIES, minima, g + LANES)), y1);
            IntVector q2 = (IntVector)
                    ByteVector.fromArray(BYTES, w, row + 2 * LANES).convertShape(VectorOperators.B2I, INTS, 0);
            FloatVector p2 = (FloatVector) q2.convertShape(VectorOperators.I2F, SPECIES, 0);
            FloatVector w2 = p2.mul(FloatVector.fromArray(SPECIES, scales, g + 2 * LANES));
            y2 = x0.fma(w2.sub(FloatVector.fromArray(SPECIES, minima, g + 2 * LANES)), y2);
            IntVector q3 = (IntVector)
                    ByteVector.fromArray(BYTES, w, row + 3 * LANES).convertShape(VectorOperators.B2I, INTS, 0);
            FloatVector p3 = (FloatVector) q3.convertShape(VectorOperators.I2F, SPECIES, 0);
            FloatVector w3 = p3.mul(FloatVector.fromArray(SPECIES, scales, g + 3 * LANES));
            y3 = x0.fma(w3.sub(FloatVector.fromArray(SPECIES, minima, g + 3 * LANES)), y3);
        }
        FloatVector.fromArray(SPECIES, y, yAt).add(y0).intoArray(y, yAt);
        FloatVector.fromArray(SPECIES, y, yAt + LANES).add(y1).intoArray(y, yAt + LANES);
        FloatVector.fromArray(SPECIES, y, yAt + 2 * LANES).add(y2).intoArray(y, yAt + 2 * LANES);
        FloatVector.fromArray(SPECIES, y, yAt + 3 * LANES).add(y3).intoArray(y, yAt + 3 * LANES);
    }
}
