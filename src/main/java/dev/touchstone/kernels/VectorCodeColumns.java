package dev.touchstone.kernels;

import dev.touchstone.tensor.Matrix;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The innermost loops of {@link VectorQuantized#widen}: a vector of columns for a group of inputs. {@code shift} is the bit of ints at which
 * the bytes of its codes begin. Codes and scales are those of {@link VectorCodeRows}.
 */
final class VectorCodeColumns {
    private static final VectorSpecies<Float> SPECIES = VectorTiles.SPECIES;
    private static final VectorSpecies<Byte> BYTES = VectorTiles.BYTES;
    private static final int COLUMNS = Matrix.PANEL;

    private VectorCodeColumns() {}

    /** Signed codes, which are used in the highest bits of ints. */
    static void widenSigned(
            int inputs, byte[] q, int qAt, int bits, int shift, float[] scales, int group, float[] to, int at) {
        FloatVector scale = FloatVector.fromArray(SPECIES, scales, group);
        int mask = -1 << Integer.SIZE - bits;
        for (int i = 0; i < inputs; i++) {
            int bit = i * bits;
            IntVector code = ByteVector.fromArray(BYTES, q, qAt + (bit >> 3) * COLUMNS)
                    .reinterpretAsInts()
                    .lanewise(VectorOperators.LSHL, Integer.SIZE - bits - shift - (bit & 7))
                    .and(mask);
            FloatVector number = (FloatVector) code.convertShape(VectorOperators.I2F, SPECIES, 0);
            number.mul(scale).intoArray(to, at + i * COLUMNS);
        }
    }

    /** Unsigned codes. */
    static void widenShifted(
            int inputs,
            byte[] q,
            int qAt,
            int bits,
            int shift,
            float[] scales,
            float[] shifts,
            int group,
            float[] to,
            int at) {
        FloatVector s0 = FloatVector.fromArray(SPECIES, scales, group);
        FloatVector t0 = FloatVector.fromArray(SPECIES, shifts, group);
        int mask = (1 << bits) - 1 << shift;
        for (int i = 0; i < inputs; i++) {
            int bit = i * bits;
            IntVector code = ByteVector.fromArray(BYTES, q, qAt + (bit >> 3) * COLUMNS)
                    .reinterpretAsInts()
                    .lanewise(VectorOperators.LSHR, bit & 7)
                    .and(mask);
            FloatVector number = (FloatVector) code.convertShape(VectorOperators.I2F, SPECIES, 0);
            number.fma(s0, t0).intoArray(to, at + i * COLUMNS);
        }
    }
}
