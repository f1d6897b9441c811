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
 * Widens the scales of quantised weights to float, and the shifts, which are the negatives of the minima.
 * {@code [group][column]}
 */
final class VectorScales {
    private static final VectorSpecies<Float> SPECIES = VectorTiles.SPECIES;
    private static final VectorSpecies<Byte> BYTES = VectorTiles.BYTES;
    private static final int LANES = SPECIES.length();
    private static final int COLUMNS = Matrix.PANEL;
    private static final int HALF = COLUMNS / 2;
    private static final int RUN = VectorCodeRows.RUN;
    private static final int MOST_GROUPS = QuantizedPanels.CHUNK / 16;

    private final float[] scaleFactors = new float[COLUMNS];
    private final float[] shiftFactors = new float[COLUMNS];

    final float[] scales = new float[MOST_GROUPS * COLUMNS];
    /** Not set if there are no minima. */
    final float[] shifts = new float[MOST_GROUPS * COLUMNS];

    /** Reads those of the inputs from {@code input} on, at most {@value QuantizedPanels#CHUNK}. */
    void read(QuantizedPanels panels, int panel, int input, int inputs) {
        Quantization quantization = panels.quantization();
        if (quantization.groupBits() == 0) {
            factors(panels, panel, input, quantization.blocks(inputs), scales, shifts);
            return;
        }
        int block = quantization.block();
        for (int i = 0; i < inputs; i += block) {
            readGroups(panels, panel, input + i, Math.min(block, inputs - i), quantization.groups(i) * COLUMNS);
        }
    }

    private void readGroups(QuantizedPanels panels, int panel, int input, int inputs, int to) {
        Quantization quantization = panels.quantization();
        byte[] data = panels.data();
        int numbers = panels.groups(panel, input);
        if (quantization.hasExponents()) {
            powers(data, numbers, scales, to);
            return;
        }
        factors(panels, panel, input, 1, scaleFactors, shiftFactors);
        boolean areNibbles = quantization.groupBits() == 4;
        int mask = areNibbles ? 0x0F0F0F0F : -1;
        int stride = quantization.groupBytes() * COLUMNS;
        int count = quantization.groups(inputs);
        multiples(data, numbers, stride, count, 0, mask, scaleFactors, scales, to);
        if (quantization.hasMinima()) {
            int minima = areNibbles ? numbers : numbers + COLUMNS;
            multiples(data, minima, stride, count, areNibbles ? 4 : 0, mask, shiftFactors, shifts, to);
        }
    }

    /**
     * Those of some blocks, which are divided by the value of the lowest bit of a code: signed codes are used in the highest bits of ints, codes
     * with minima in the byte of an int where they are, and indices of a table in the lowest bits.
     */
    private static void factors(
            QuantizedPanels panels, int panel, int input, int blocks, float[] scales, float[] shifts) {
        Quantization quantization = panels.quantization();
        int at = panels.factors(panel, input);
        int bytes = COLUMNS * Short.BYTES;
        if (quantization.hasMinima()) {
            halves(panels.data(), at, 2 * bytes, blocks, 0x1p112f, 0x1p-8f, scales);
            halves(panels.data(), at + bytes, 2 * bytes, blocks, -0x1p112f, 1, shifts);
        } else {
            float times = quantization.isSigned() ? 1f / (1L << Integer.SIZE - quantization.bits()) : 1;
            halves(panels.data(), at, bytes, blocks, 0x1p112f * times, 1, scales);
        }
    }

    /**
     * {@link Quantization#power} of the bytes of a group. The bits of the smallest two, which are subnormal, are larger than those that follow
     * from the exponent.
     */
    private static void powers(byte[] data, int at, float[] to, int toAt) {
        for (int column = 0; column < COLUMNS; column += LANES) {
            IntVector exponent = ByteVector.fromArray(BYTES, data, at + column % RUN * Integer.BYTES)
                    .reinterpretAsInts()
                    .lanewise(VectorOperators.LSHR, column / RUN * Byte.SIZE)
                    .and(0xFF);
            IntVector subnormal = exponent.min(1).add(1).lanewise(VectorOperators.LSHL, 21);
            IntVector power = exponent.sub(1).lanewise(VectorOperators.LSHL, 23).max(subnormal);
            power.reinterpretAsFloats().intoArray(to, toAt + column);
        }
    }

    /**
     * Finite float16 numbers of some blocks, as {@link VectorFloat16} widens them. Those of the first run are multiplied by 2^-112 times
     * {@code times}, and those of each further run by {@code ratio} times the factor of the run before.
     */
    private static void halves(byte[] data, int at, int stride, int blocks, float times, float ratio, float[] to) {
        for (int c = 0; c < HALF; c += LANES) {
            float lowerTimes = c < RUN ? times : times * ratio;
            float upperTimes = lowerTimes * ratio * ratio;
            for (int block = 0; block < blocks; block++) {
                IntVector pair = ByteVector.fromArray(BYTES, data, at + block * stride + c * Integer.BYTES)
                        .reinterpretAsInts();
                IntVector lower = pair.lanewise(VectorOperators.LSHL, 16)
                        .lanewise(VectorOperators.ASHR, 3)
                        .and(VectorFloat16.SIGN_AND_NUMBER);
                lower.reinterpretAsFloats().mul(lowerTimes).intoArray(to, block * COLUMNS + c);
                IntVector upper = pair.lanewise(VectorOperators.ASHR, 3).and(VectorFloat16.SIGN_AND_NUMBER);
                upper.reinterpretAsFloats().mul(upperTimes).intoArray(to, block * COLUMNS + HALF + c);
            }
        }
    }

    /** The factors times the whole numbers of groups, which are bytes, or the 4 bits from {@code place} on of bytes. */
    private static void multiples(
            byte[] data, int at, int stride, int count, int place, int mask, float[] factors, float[] to, int toAt) {
        for (int c = 0; c < RUN; c += LANES) {
            FloatVector f0 = FloatVector.fromArray(SPECIES, factors, c);
            FloatVector f1 = FloatVector.fromArray(SPECIES, factors, c + RUN);
            FloatVector f2 = FloatVector.fromArray(SPECIES, factors, c + 2 * RUN);
            FloatVector f3 = FloatVector.fromArray(SPECIES, factors, c + 3 * RUN);
            for (int group = 0; group < count; group++) {
                IntVector w = ByteVector.fromArray(BYTES, data, at + group * stride + c * Integer.BYTES)
                        .reinterpretAsInts()
                        .lanewise(VectorOperators.LSHR, place)
                        .and(mask);
                int row = toAt + group * COLUMNS + c;
                IntVector w0 = w.lanewise(VectorOperators.LSHL, 24).lanewise(VectorOperators.ASHR, 24);
                ((FloatVector) w0.convertShape(VectorOperators.I2F, SPECIES, 0))
                        .mul(f0)
                        .intoArray(to, row);
                IntVector w1 = w.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 24);
                ((FloatVector) w1.convertShape(VectorOperators.I2F, SPECIES, 0))
                        .mul(f1)
                        .intoArray(to, row + RUN);
                IntVector w2 = w.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 24);
                ((FloatVector) w2.convertShape(VectorOperators.I2F, SPECIES, 0))
                        .mul(f2)
                        .intoArray(to, row + 2 * RUN);
                IntVector w3 = w.lanewise(VectorOperators.ASHR, 24);
                ((FloatVector) w3.convertShape(VectorOperators.I2F, SPECIES, 0))
                        .mul(f3)
                        .intoArray(to, row + 3 * RUN);
            }
        }
    }
}
