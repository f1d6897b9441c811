package dev.touchstone.kernels;

import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Quantization;
import dev.touchstone.tensor.QuantizedPanels;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Widens the scales of a step of quantised weights to float, and the shifts, which are the negatives of the minima.
 * {@code [group][column]}
 */
final class VectorScales {
    private static final VectorSpecies<Float> SPECIES = VectorTiles.SPECIES;
    private static final VectorSpecies<Integer> INTS = VectorTiles.INTS;
    private static final VectorSpecies<Short> SHORTS = VectorTiles.SHORTS;
    private static final VectorSpecies<Byte> BYTES = VectorTiles.BYTES;
    private static final int LANES = SPECIES.length();
    private static final int COLUMNS = Matrix.PANEL;
    private static final int HALF = COLUMNS / 2;
    private static final int RUN = VectorCodeRows.RUN;
    private static final int MOST_GROUPS = 2;

    private final float[] scaleFactors = new float[COLUMNS];
    private final float[] shiftFactors = new float[COLUMNS];

    final float[] scales = new float[MOST_GROUPS * COLUMNS];
    /** Not set if there are no minima. */
    final float[] shifts = new float[MOST_GROUPS * COLUMNS];

    /**
     * Reads those of the step that begins with an input.
     *
     * @param isFirst whether the last step that was read may be of another block
     */
    void read(QuantizedPanels panels, int panel, int input, boolean isFirst) {
        Quantization quantization = panels.quantization();
        if (quantization.hasExponents()) {
            powers(panels.groups(), panels.groups(panel, input), scales);
            return;
        }
        if (quantization.groupBits() == 0) {
            factors(panels, panel, input, scales, shifts);
            return;
        }
        if (isFirst || (input & quantization.block() - 1) == 0) {
            factors(panels, panel, input, scaleFactors, shiftFactors);
        }
        boolean areNibbles = quantization.groupBits() == 4;
        boolean hasMinima = quantization.hasMinima();
        byte[] groups = panels.groups();
        int at = panels.groups(panel, input);
        int mask = areNibbles ? 0x0F0F0F0F : -1;
        int minima = areNibbles ? 0 : COLUMNS;
        for (int to = 0; to < Quantization.STEP / quantization.group() * COLUMNS; to += COLUMNS) {
            multiples(groups, at, 0, mask, scaleFactors, scales, to);
            if (hasMinima) {
                multiples(groups, at + minima, areNibbles ? 4 : 0, mask, shiftFactors, shifts, to);
            }
            at += quantization.groupBytes() * COLUMNS;
        }
    }

    private static void factors(QuantizedPanels panels, int panel, int input, float[] scales, float[] shifts) {
        Quantization quantization = panels.quantization();
        int at = panels.factors(panel, input);
        // Signed codes are used in the highest bits of ints.
        float times = quantization.isSigned() ? 1f / (1L << Integer.SIZE - quantization.bits()) : 1;
        halves(panels.factors(), at, 0x1p112f * times, scales);
        if (quantization.hasMinima()) {
            halves(panels.factors(), at + COLUMNS, -0x1p112f, shifts);
        }
    }

    /**
     * {@link Quantization#power} of the bytes of a group. The bits of the smallest two, which are subnormal, are larger than those that follow
     * from the exponent.
     */
    private static void powers(byte[] groups, int at, float[] to) {
        for (int column = 0; column < COLUMNS; column += LANES) {
            IntVector exponent = ByteVector.fromArray(BYTES, groups, at + column % RUN * Integer.BYTES)
                    .reinterpretAsInts()
                    .lanewise(VectorOperators.LSHR, column / RUN * Byte.SIZE)
                    .and(0xFF);
            IntVector subnormal = exponent.min(1).add(1).lanewise(VectorOperators.LSHL, 21);
            IntVector power = exponent.sub(1).lanewise(VectorOperators.LSHL, 23).max(subnormal);
            power.reinterpretAsFloats().intoArray(to, column);
        }
    }

    /** Finite float16 numbers, as {@link VectorFloat16} widens them: {@code times} is 2^112 times what they are multiplied by. */
    private static void halves(short[] from, int at, float times, float[] to) {
        for (int c = 0; c < HALF; c += LANES) {
            IntVector pair = ShortVector.fromArray(SHORTS, from, at + 2 * c).reinterpretAsInts();
            IntVector lower = pair.lanewise(VectorOperators.LSHL, 16)
                    .lanewise(VectorOperators.ASHR, 3)
                    .and(VectorFloat16.SIGN_AND_NUMBER);
            lower.reinterpretAsFloats().mul(times).intoArray(to, c);
            IntVector upper = pair.lanewise(VectorOperators.ASHR, 3).and(VectorFloat16.SIGN_AND_NUMBER);
            upper.reinterpretAsFloats().mul(times).intoArray(to, HALF + c);
        }
    }

    /** The factors times the whole numbers of a group, which are bytes, or the 4 bits from {@code place} on of bytes. */
    private static void multiples(byte[] groups, int at, int place, int mask, float[] factors, float[] to, int toAt) {
        for (int c = 0; c < RUN; c += LANES) {
            IntVector w = ByteVector.fromArray(BYTES, groups, at + c * Integer.BYTES)
                    .reinterpretAsInts()
                    .lanewise(VectorOperators.LSHR, place)
                    .and(mask);
            IntVector w0 = w.lanewise(VectorOperators.LSHL, 24).lanewise(VectorOperators.ASHR, 24);
            ((FloatVector) w0.convertShape(VectorOperators.I2F, SPECIES, 0))
                    .mul(FloatVector.fromArray(SPECIES, factors, c))
                    .intoArray(to, toAt + c);
            IntVector w1 = w.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 24);
            ((FloatVector) w1.convertShape(VectorOperators.I2F, SPECIES, 0))
                    .mul(FloatVector.fromArray(SPECIES, factors, c + RUN))
                    .intoArray(to, toAt + c + RUN);
            IntVector w2 = w.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 24);
            ((FloatVector) w2.convertShape(VectorOperators.I2F, SPECIES, 0))
                    .mul(FloatVector.fromArray(SPECIES, factors, c + 2 * RUN))
                    .intoArray(to, toAt + c + 2 * RUN);
            IntVector w3 = w.lanewise(VectorOperators.ASHR, 24);
            ((FloatVector) w3.convertShape(VectorOperators.I2F, SPECIES, 0))
                    .mul(FloatVector.fromArray(SPECIES, factors, c + 3 * RUN))
                    .intoArray(to, toAt + c + 3 * RUN);
        }
    }
}
