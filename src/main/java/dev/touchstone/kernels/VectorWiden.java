package dev.touchstone.kernels;

import dev.touchstone.tensor.Matrix;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Weights of 16 bits made float: exact, and by the steps of {@link dev.touchstone.tensor.HalfPrecision}. */
final class VectorWiden {
    private static final VectorSpecies<Integer> INTS = VectorTiles.INTS;
    private static final int INFINITY = 0x7F800000;

    private VectorWiden() {}

    /** {@code count} weights from index {@code at} on; a multiple of the panel's width. */
    static void floats(Matrix weight, int at, int count, float[] to) {
        if (!WarmUp.useVectors()) {
            PlainTiles.widen(weight, at, count, to);
            return;
        }
        switch (weight.type()) {
            case BFLOAT16 -> fromBfloat16(weight.halves(), at, count, to);
            case FLOAT16 -> fromFloat16(weight.halves(), at, count, to);
            case FLOAT32 -> throw new IllegalArgumentException("floats are wide enough");
        }
    }

    private static void fromBfloat16(short[] halves, int at, int count, float[] to) {
        for (int i = 0; i < count; i += INTS.length()) {
            ints(halves, at + i)
                    .lanewise(VectorOperators.LSHL, 16)
                    .reinterpretAsFloats()
                    .intoArray(to, i);
        }
    }

    private static void fromFloat16(short[] halves, int at, int count, float[] to) {
        FloatVector rebias = FloatVector.broadcast(VectorTiles.SPECIES, 0x1p112f);
        for (int i = 0; i < count; i += INTS.length()) {
            IntVector bits = ints(halves, at + i);
            IntVector magnitude = bits.and(0x7FFF);
            IntVector shifted = magnitude.lanewise(VectorOperators.LSHL, 13);
            VectorMask<Integer> finite = magnitude.compare(VectorOperators.LT, 0x7C00);
            IntVector value = shifted.reinterpretAsFloats().mul(rebias).reinterpretAsInts();
            IntVector sign = bits.and(Integer.MIN_VALUE);
            shifted.or(INFINITY)
                    .blend(value, finite)
                    .or(sign)
                    .reinterpretAsFloats()
                    .intoArray(to, i);
        }
    }

    /** With the sign of each short in all the upper bits. */
    private static IntVector ints(short[] halves, int at) {
        return (IntVector)
                ShortVector.fromArray(VectorTiles.SHORTS, halves, at).convertShape(VectorOperators.S2I, INTS, 0);
    }
}
