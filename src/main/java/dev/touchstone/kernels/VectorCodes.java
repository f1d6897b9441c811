package dev.touchstone.kernels;

import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Quantization;
import dev.touchstone.tensor.QuantizedPanels;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Unpacks the codes of a step of quantised weights to bytes {@code q}, in the rows of {@link QuantizedPanels}. Ints are shifted and masked,
 * four codes each: the masks keep them apart.
 */
final class VectorCodes {
    /** The number of codes. */
    static final int SIZE = Quantization.STEP * Matrix.PANEL;

    /** A row of a plane is one vector, or two of 128 bits. */
    private static final VectorSpecies<Byte> BYTES =
            VectorTiles.SPECIES.vectorBitSize() < Byte.SIZE * QuantizedPanels.ROW
                    ? ByteVector.SPECIES_128
                    : ByteVector.SPECIES_256;

    private static final int LANES = BYTES.length();
    /** The lowest bit of each byte of an int. */
    private static final int LOWEST = 0x01010101;

    private VectorCodes() {}

    /** @param q receives the codes of the step that begins with an input, minus the offset */
    static void unpack(QuantizedPanels panels, int panel, int input, byte[] q) {
        Quantization quantization = panels.quantization();
        byte offset = (byte) quantization.offset();
        boolean single = quantization.highBits() == 0;
        int low = panels.lowPlane(panel, input);
        if (quantization.lowBits() == 4) {
            nibbles(panels.codes(), low, single ? offset : 0, q);
        } else {
            low(panels.codes(), low, quantization.lowBits(), single ? offset : 0, q);
        }
        if (!single) {
            int high = panels.highPlane(panel, input);
            high(panels.codes(), high, quantization.highBits(), quantization.lowBits(), offset, q);
        }
    }

    /** A plane of 4 bits. */
    private static void nibbles(byte[] codes, int plane, byte offset, byte[] q) {
        for (int i = 0; i < SIZE / 2; i += LANES) {
            IntVector packed = ByteVector.fromArray(BYTES, codes, plane + i).reinterpretAsInts();
            packed.and(0xF * LOWEST).reinterpretAsBytes().sub(offset).intoArray(q, i);
            IntVector upper = packed.lanewise(VectorOperators.LSHR, 4).and(0xF * LOWEST);
            upper.reinterpretAsBytes().sub(offset).intoArray(q, SIZE / 2 + i);
        }
    }

    private static void low(byte[] codes, int plane, int bits, byte offset, byte[] q) {
        int length = SIZE * bits / Byte.SIZE;
        int mask = LOWEST * ((1 << bits) - 1);
        for (int shift = 0; shift < Byte.SIZE; shift += bits) {
            low(codes, plane, shift, mask, offset, q, shift / bits * length, length);
        }
    }

    /** The codes at one place of the bytes of a plane. */
    private static void low(byte[] codes, int plane, int shift, int mask, byte offset, byte[] q, int at, int length) {
        for (int i = 0; i < length; i += LANES) {
            IntVector packed = ByteVector.fromArray(BYTES, codes, plane + i).reinterpretAsInts();
            packed.lanewise(VectorOperators.LSHR, shift)
                    .and(mask)
                    .reinterpretAsBytes()
                    .sub(offset)
                    .intoArray(q, at + i);
        }
    }

    private static void high(byte[] codes, int plane, int bits, int place, byte offset, byte[] q) {
        int length = SIZE * bits / Byte.SIZE;
        int mask = LOWEST * ((1 << bits) - 1);
        for (int shift = 0; shift < Byte.SIZE; shift += bits) {
            high(codes, plane, shift, mask, place, offset, q, shift / bits * length, length);
        }
    }

    /** Adds bits to codes at a place above those that they have. */
    private static void high(
            byte[] codes, int plane, int shift, int mask, int place, byte offset, byte[] q, int at, int length) {
        for (int i = 0; i < length; i += LANES) {
            IntVector packed = ByteVector.fromArray(BYTES, codes, plane + i).reinterpretAsInts();
            IntVector low = ByteVector.fromArray(BYTES, q, at + i).reinterpretAsInts();
            packed.lanewise(VectorOperators.LSHR, shift)
                    .and(mask)
                    .lanewise(VectorOperators.LSHL, place)
                    .or(low)
                    .reinterpretAsBytes()
                    .sub(offset)
                    .intoArray(q, at + i);
        }
    }
}
