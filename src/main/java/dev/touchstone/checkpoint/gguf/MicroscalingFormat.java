package dev.touchstone.checkpoint.gguf;

import java.nio.ByteBuffer;

/**
 * Reads a block of a type of the OCP Microscaling Formats specification, whose scales are powers of two. All values are bfloat16 numbers,
 * and are kept as these, because the scales of a quantised matrix are float16 numbers, which have a smaller range.
 */
@FunctionalInterface
interface MicroscalingFormat {
    /** Twice the values of 4-bit floats with 2 bits of exponent and 1 of mantissa. */
    byte[] DOUBLED = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

    /**
     * @param bytes the block begins at index {@code from}
     * @param to gets the elements
     */
    void read(ByteBuffer bytes, int from, float[] to);

    /** {@code 2^(e - 127) v}: e in 8 bits, then 4 bits as in Q4_0 for each of 32 values. */
    static void mxfp4(ByteBuffer bytes, int from, float[] to) {
        float half = half(bytes.get(from) & 0xFF);
        int count = to.length / 2;
        for (int i = 0; i < count; i++) {
            int codes = bytes.get(from + 1 + i);
            to[i] = half * DOUBLED[codes & 0xF];
            to[count + i] = half * DOUBLED[codes >> 4 & 0xF];
        }
    }

    /** {@code 2^(e - 128)}. The smallest two are subnormal. */
    private static float half(int exponent) {
        return Float.intBitsToFloat(exponent < 2 ? 0x00200000 << exponent : exponent - 1 << 23);
    }
}
