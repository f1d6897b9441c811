package dev.touchstone.kernels;

import dev.touchstone.tensor.Matrix;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** Conversion of 16-bit and 8-bit weights to float, in the steps of {@link Matrix#at}. */
final class VectorWiden {
    private static final VectorSpecies<Integer> INTS = VectorTiles.INTS;
    /** As many bytes as {@link #INTS} has lanes, or eight if these are only four: then the first half is converted. */
    private static final VectorSpecies<Byte> BYTES =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, INTS.length() * Byte.SIZE)));

    private static final int INFINITY = 0x7F800000;

    private VectorWiden() {}

    /** {@link Loops#widen} */
    static void floats(Matrix weight, int at, int count, float[] to) {
        switch (weight.type()) {
            case BFLOAT16 -> fromBfloat16(weight.halves(), at, count, to);
            case FLOAT16 -> fromFloat16(weight.halves(), at, count, to);
            case INT8 -> fromInt8(weight, at, count, to);
            case FLOAT32 -> throw new IllegalArgumentException("the weights are float32");
        }
    }

    private static void fromBfloat16(short[] halves, int at, int count, float[] to) {
        for (int i = 0; i < count; i += INTS.length()) {
            IntVector bits = (IntVector) ShortVector.fromArray(VectorTiles.SHORTS, halves, at + i)
                    .convertShape(VectorOperators.S2I, INTS, 0);
            bits.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().intoArray(to, i);
        }
    }

    /** Whole groups of whole rows of a panel: of each column the weights of a group, then the next column. */
    private static void fromInt8(Matrix weight, int at, int count, float[] to) {
        int input = weight.input(at);
        int output = weight.output(at);
        int rows = count / Matrix.PANEL;
        int group = weight.quantization().group();
        for (int i = 0; i < rows; i += group) {
            int scales = weight.groupIndex(input + i, output);
            int from = at + i * Matrix.PANEL;
            int end = Math.min(group, rows - i) * Matrix.PANEL;
            if (weight.minima().length == 0) {
                scaled(weight.quants(), from, end, weight.scales(), scales, to, i * Matrix.PANEL);
            } else {
                shifted(weight.quants(), from, end, weight.scales(), weight.minima(), scales, to, i * Matrix.PANEL);
            }
        }
    }

    private static void scaled(byte[] quants, int from, int end, float[] scales, int group, float[] to, int at) {
        for (int c = 0; c < Matrix.PANEL; c += INTS.length()) {
            FloatVector scale = FloatVector.fromArray(VectorTiles.SPECIES, scales, group + c);
            for (int i = c; i < end; i += Matrix.PANEL) {
                IntVector q = (IntVector)
                        ByteVector.fromArray(BYTES, quants, from + i).convertShape(VectorOperators.B2I, INTS, 0);
                FloatVector number = (FloatVector) q.convert(VectorOperators.I2F, 0);
                number.mul(scale).intoArray(to, at + i);
            }
        }
    }

    private static void shifted(
            byte[] quants, int from, int end, float[] scales, float[] minima, int group, float[] to, int at) {
        for (int c = 0; c < Matrix.PANEL; c += INTS.length()) {
            FloatVector scale = FloatVector.fromArray(VectorTiles.SPECIES, scales, group + c);
            FloatVector minimum = FloatVector.fromArray(VectorTiles.SPECIES, minima, group + c);
            for (int i = c; i < end; i += Matrix.PANEL) {
                IntVector q = (IntVector)
                        ByteVector.fromArray(BYTES, quants, from + i).convertShape(VectorOperators.B2I, INTS, 0);
                FloatVector number = (FloatVector) q.convert(VectorOperators.I2F, 0);
                number.mul(scale).sub(minimum).intoArray(to, at + i);
            }
        }
    }

    private static void fromFloat16(short[] halves, int at, int count, float[] to) {
        for (int i = 0; i < count; i += INTS.length()) {
            IntVector bits = (IntVector) ShortVector.fromArray(VectorTiles.SHORTS, halves, at + i)
                    .convertShape(VectorOperators.S2I, INTS, 0);
            IntVector magnitude = bits.and(0x7FFF);
            IntVector shifted = magnitude.lanewise(VectorOperators.LSHL, 13);
            VectorMask<Integer> finite = magnitude.compare(VectorOperators.LT, 0x7C00);
            IntVector value = shifted.reinterpretAsFloats().mul(0x1p112f).reinterpretAsInts();
            IntVector sign = bits.and(Integer.MIN_VALUE);
            shifted.or(INFINITY)
                    .blend(value, finite)
                    .or(sign)
                    .reinterpretAsFloats()
                    .intoArray(to, i);
        }
    }
}
