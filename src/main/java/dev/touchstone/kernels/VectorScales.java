package dev.touchstone.kernels;

import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Quantization;
import dev.touchstone.tensor.QuantizedPanels;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** Widens the scales and the minima of a step of quantised weights to float. {@code [group][column]} */
final class VectorScales {
    private static final VectorSpecies<Float> SPECIES = VectorTiles.SPECIES;
    private static final VectorSpecies<Integer> INTS = VectorTiles.INTS;
    private static final VectorSpecies<Short> SHORTS = VectorTiles.SHORTS;
    private static final int LANES = SPECIES.length();
    private static final int COLUMNS = Matrix.PANEL;
    private static final int HALF = COLUMNS / 2;

    /** As many bytes as a vector of floats has lanes, or eight if these are only four: then the first four are converted. */
    static final VectorSpecies<Byte> BYTES =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, LANES * Byte.SIZE)));

    private final float[] factors = new float[COLUMNS];

    /**
     * Of the step that begins with an input.
     *
     * @param shifts receives the negatives of the minima, if there are any
     */
    void widen(QuantizedPanels panels, int panel, int input, float[] scales, float[] shifts) {
        Quantization quantization = panels.quantization();
        int factor = panels.factors(panel, input);
        if (quantization.groupBits() == 0) {
            halves(panels.factors(), factor, 0x1p112f, scales);
            if (quantization.hasMinima()) {
                halves(panels.factors(), factor + COLUMNS, -0x1p112f, shifts);
            }
            return;
        }
        int group = panels.groups(panel, input);
        int nextGroup = quantization.groupBytes() * COLUMNS;
        int groups = Quantization.STEP / quantization.group();
        boolean nibbles = quantization.groupBits() == 4;
        int mask = nibbles ? 0xF : -1;
        halves(panels.factors(), factor, 0x1p112f, factors);
        for (int g = 0; g < groups; g++) {
            multiples(panels.groups(), group + g * nextGroup, 0, mask, scales, g * COLUMNS);
        }
        if (quantization.hasMinima()) {
            halves(panels.factors(), factor + COLUMNS, -0x1p112f, factors);
            int first = nibbles ? group : group + COLUMNS;
            for (int g = 0; g < groups; g++) {
                multiples(panels.groups(), first + g * nextGroup, nibbles ? 4 : 0, mask, shifts, g * COLUMNS);
            }
        }
    }

    /**
     * Finite float16 numbers, as {@link VectorFloat16} widens them.
     *
     * @param power 2^112, or its negative, which makes the numbers negative
     */
    private static void halves(short[] from, int at, float power, float[] to) {
        for (int c = 0; c < HALF; c += LANES) {
            IntVector pair = ShortVector.fromArray(SHORTS, from, at + 2 * c).reinterpretAsInts();
            IntVector lower = pair.lanewise(VectorOperators.LSHL, 16)
                    .lanewise(VectorOperators.ASHR, 3)
                    .and(VectorFloat16.SIGN_AND_NUMBER);
            lower.reinterpretAsFloats().mul(power).intoArray(to, c);
            IntVector upper = pair.lanewise(VectorOperators.ASHR, 3).and(VectorFloat16.SIGN_AND_NUMBER);
            upper.reinterpretAsFloats().mul(power).intoArray(to, HALF + c);
        }
    }

    /** The factors times the numbers of a group, which are some bits of its bytes. */
    private void multiples(byte[] groups, int at, int shift, int mask, float[] to, int toAt) {
        for (int c = 0; c < COLUMNS; c += LANES) {
            IntVector bits =
                    (IntVector) ByteVector.fromArray(BYTES, groups, at + c).convertShape(VectorOperators.B2I, INTS, 0);
            IntVector number = bits.lanewise(VectorOperators.ASHR, shift).and(mask);
            ((FloatVector) number.convertShape(VectorOperators.I2F, SPECIES, 0))
                    .mul(FloatVector.fromArray(SPECIES, factors, c))
                    .intoArray(to, toAt + c);
        }
    }
}
