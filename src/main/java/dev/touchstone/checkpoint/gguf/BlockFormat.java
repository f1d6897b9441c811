package dev.touchstone.checkpoint.gguf;

import dev.touchstone.tensor.HalfPrecision;
import java.nio.ByteBuffer;

/**
 * Reads a block of a quantised type. The formulas are those of ggml's {@code ggml-quants.c}, in the order in which the Python package
 * {@code gguf} evaluates them. The types with blocks of 256 elements are in {@link KBlockFormat}.
 */
@FunctionalInterface
interface BlockFormat {
    /** Half of the 32 elements of a block. */
    int HALF = 16;

    /** The 16 values of IQ4_NL and IQ4_XS, which are spaced like a normal distribution. */
    byte[] NON_LINEAR = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

    /** @param bytes little-endian; the block begins at index {@code from} */
    void read(ByteBuffer bytes, int from, Block to);

    /** {@code d (q - 8)}: d, then the low 4 bits of 16 bytes, then the high 4 bits. */
    static void q4Zero(ByteBuffer bytes, int from, Block to) {
        to.scales()[0] = half(bytes, from);
        for (int i = 0; i < HALF; i++) {
            int q = bytes.get(from + 2 + i);
            to.quants()[i] = (byte) ((q & 0xF) - 8);
            to.quants()[HALF + i] = (byte) ((q >> 4 & 0xF) - 8);
        }
    }

    /** {@code d q + m}: d, m, then 4 bits as in Q4_0. */
    static void q4One(ByteBuffer bytes, int from, Block to) {
        to.scales()[0] = half(bytes, from);
        to.minima()[0] = -half(bytes, from + 2);
        for (int i = 0; i < HALF; i++) {
            int q = bytes.get(from + 4 + i);
            to.quants()[i] = (byte) (q & 0xF);
            to.quants()[HALF + i] = (byte) (q >> 4 & 0xF);
        }
    }

    /** {@code d (q - 16)}: d, the fifth bit of each element, then the lower 4 bits as in Q4_0. */
    static void q5Zero(ByteBuffer bytes, int from, Block to) {
        to.scales()[0] = half(bytes, from);
        int high = bytes.getInt(from + 2);
        for (int i = 0; i < HALF; i++) {
            int q = bytes.get(from + 6 + i);
            to.quants()[i] = (byte) ((q & 0xF | bit(high, i) << 4) - 16);
            to.quants()[HALF + i] = (byte) ((q >> 4 & 0xF | bit(high, HALF + i) << 4) - 16);
        }
    }

    /** {@code d q + m}: d, m, then 5 bits as in Q5_0. */
    static void q5One(ByteBuffer bytes, int from, Block to) {
        to.scales()[0] = half(bytes, from);
        to.minima()[0] = -half(bytes, from + 2);
        int high = bytes.getInt(from + 4);
        for (int i = 0; i < HALF; i++) {
            int q = bytes.get(from + 8 + i);
            to.quants()[i] = (byte) (q & 0xF | bit(high, i) << 4);
            to.quants()[HALF + i] = (byte) (q >> 4 & 0xF | bit(high, HALF + i) << 4);
        }
    }

    /** {@code d q}: d, then signed bytes. */
    static void q8Zero(ByteBuffer bytes, int from, Block to) {
        to.scales()[0] = half(bytes, from);
        bytes.get(from + 2, to.quants());
    }

    /** {@code d v[q]} with a table of 16 values: d, then 4 bits as in Q4_0. */
    static void iq4Nl(ByteBuffer bytes, int from, Block to) {
        to.scales()[0] = half(bytes, from);
        nonLinear(bytes, from + 2, to, 0);
    }

    /** 32 values of the table from 16 bytes. */
    static void nonLinear(ByteBuffer bytes, int from, Block to, int at) {
        for (int i = 0; i < HALF; i++) {
            int q = bytes.get(from + i);
            to.quants()[at + i] = NON_LINEAR[q & 0xF];
            to.quants()[at + HALF + i] = NON_LINEAR[q >> 4 & 0xF];
        }
    }

    /** A float16 number. */
    static float half(ByteBuffer bytes, int from) {
        return HalfPrecision.fromFloat16(bytes.getShort(from));
    }

    private static int bit(int bits, int index) {
        return bits >>> index & 1;
    }
}
