package dev.touchstone.kernels;

import dev.touchstone.tensor.Matrix;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Conversion of 16-bit weights to float: exact, in the steps of {@link dev.touchstone.tensor.HalfPrecision}. */
final class VectorWiden {
    private static final VectorSpecies<Integer> INTS = VectorTiles.INTS;
    private static final int INFINITY = 0x7F800000;

    private VectorWiden() {}

    /** {@link Loops#widen} */
    static void floats(Matrix weight, int at, int count, float[] to) {
        switch (weight.type()) {
            case BFLOAT16 -> fromBfloat16(weight.halves(), at, count, to);
            case FLOAT16 -> fromFloat16(weight.halves(), at, count, to);
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
