package dev.touchstone.kernels;

import dev.touchstone.tensor.Matrix;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Conversion of 16-bit weights to float, in the steps of {@link Matrix#at}. */
final class VectorWiden {
    private static final VectorSpecies<Integer> INTS = VectorTiles.INTS;
    private static final int LANES = INTS.length();
    private static final int COLUMNS = Matrix.PANEL;
    private static final int HALF = COLUMNS / 2;
    private static final int INFINITY = 0x7F800000;

    private VectorWiden() {}

    /** {@link Loops#widen} */
    static void floats(Matrix weight, int at, int count, float[] to) {
        switch (weight.type()) {
            case BFLOAT16 -> fromBfloat16(weight.halves(), at, count, to);
            case FLOAT16 -> fromFloat16(weight.halves(), at, count, to);
            default -> throw new IllegalArgumentException("the weights do not have 16 bits");
        }
    }

    private static void fromBfloat16(short[] halves, int at, int count, float[] to) {
        for (int row = 0; row < count; row += COLUMNS) {
            for (int c = 0; c < HALF; c += LANES) {
                IntVector pairs = ShortVector.fromArray(VectorTiles.SHORTS, halves, at + row + 2 * c)
                        .reinterpretAsInts();
                IntVector lower = pairs.lanewise(VectorOperators.LSHL, Short.SIZE);
                lower.reinterpretAsFloats().intoArray(to, row + c);
                pairs.and(VectorBfloat16.UPPER).reinterpretAsFloats().intoArray(to, row + c + HALF);
            }
        }
    }

    private static void fromFloat16(short[] halves, int at, int count, float[] to) {
        for (int row = 0; row < count; row += COLUMNS) {
            for (int c = 0; c < COLUMNS; c += LANES) {
                IntVector pairs = ShortVector.fromArray(VectorTiles.SHORTS, halves, at + row + 2 * (c % HALF))
                        .reinterpretAsInts();
                IntVector upper = pairs.lanewise(VectorOperators.LSHL, c < HALF ? Short.SIZE : 0);
                IntVector shifted = upper.and(0x7FFF0000).lanewise(VectorOperators.LSHR, 3);
                VectorMask<Integer> finite = shifted.compare(VectorOperators.LT, 0x7C00 << 13);
                IntVector value = shifted.reinterpretAsFloats().mul(0x1p112f).reinterpretAsInts();
                IntVector sign = upper.and(Integer.MIN_VALUE);
                shifted.or(INFINITY)
                        .blend(value, finite)
                        .or(sign)
                        .reinterpretAsFloats()
                        .intoArray(to, row + c);
            }
        }
    }
}
