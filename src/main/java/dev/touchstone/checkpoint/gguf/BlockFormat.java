package dev.touchstone.checkpoint.gguf;

import dev.touchstone.tensor.HalfPrecision;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.QuantizedBlock;
import java.nio.ByteBuffer;

/**
 * Reads a block of a quantised type. The formulas are those of ggml's {@code ggml-quants.c}, in the order in which the Python package
 * {@code gguf} evaluates them. The types with blocks of 256 elements are in {@link KBlockFormat}.
 */
@FunctionalInterface
interface BlockFormat {
    /** From the numbers of an element or group to those of the next one in a {@link QuantizedBlock}. */
    int NEXT = Matrix.PANEL;

    /** Half of the 32 elements of a block. */
    int HALF = 16;

    /** The sign of a float16. */
    int SIGN = 0x8000;

    /**
     * @param bytes little-endian; the block begins at index {@code from}
     * @param column the place in {@code to} that receives the block
     */
    void read(ByteBuffer bytes, int from, QuantizedBlock to, int column);

    /** {@code d (q - 8)}: d, then the low 4 bits of 16 bytes, then the high 4 bits. */
    static void q4Zero(ByteBuffer bytes, int from, QuantizedBlock to, int column) {
        to.factors()[column] = bytes.getShort(from);
        nibbles(bytes, from + 2, to.codes(), column);
    }

    /** {@code d q + m}: d, m, then 4 bits as in Q4_0. */
    static void q4One(ByteBuffer bytes, int from, QuantizedBlock to, int column) {
        to.factors()[column] = bytes.getShort(from);
        to.minimumFactors()[column] = (short) (bytes.getShort(from + 2) ^ SIGN);
        nibbles(bytes, from + 4, to.codes(), column);
    }

    /** {@code d (q - 16)}: d, the fifth bit of each element, then the lower 4 bits as in Q4_0. */
    static void q5Zero(ByteBuffer bytes, int from, QuantizedBlock to, int column) {
        to.factors()[column] = bytes.getShort(from);
        nibbles(bytes, from + 6, to.codes(), column);
        fifthBits(bytes.getInt(from + 2), to.codes(), column);
    }

    /** {@code d q + m}: d, m, then 5 bits as in Q5_0. */
    static void q5One(ByteBuffer bytes, int from, QuantizedBlock to, int column) {
        to.factors()[column] = bytes.getShort(from);
        to.minimumFactors()[column] = (short) (bytes.getShort(from + 2) ^ SIGN);
        nibbles(bytes, from + 8, to.codes(), column);
        fifthBits(bytes.getInt(from + 4), to.codes(), column);
    }

    /** {@code d q}: d, then signed bytes, which become codes by adding 128. */
    static void q8Zero(ByteBuffer bytes, int from, QuantizedBlock to, int column) {
        byte[] codes = to.codes();
        to.factors()[column] = bytes.getShort(from);
        for (int i = 0; i < 2 * HALF; i++) {
            codes[column + i * NEXT] = (byte) (bytes.get(from + 2 + i) + 128);
        }
    }

    /** {@code d v[q]} with a table of 16 values: d, then 4 bits as in Q4_0. */
    static void iq4Nl(ByteBuffer bytes, int from, QuantizedBlock to, int column) {
        to.factors()[column] = bytes.getShort(from);
        nibbles(bytes, from + 2, to.codes(), column);
    }

    /** {@code 2^(e - 128) v[q]} with a table of 16 values: e in 8 bits, then 4 bits as in Q4_0. */
    static void mxfp4(ByteBuffer bytes, int from, QuantizedBlock to, int column) {
        to.scales()[column] = bytes.get(from);
        nibbles(bytes, from + 1, to.codes(), column);
    }

    /** 32 codes of 4 bits: the low ones of 16 bytes, then the high ones. */
    static void nibbles(ByteBuffer bytes, int from, byte[] codes, int at) {
        for (int i = 0; i < HALF; i++) {
            int q = bytes.get(from + i);
            codes[at + i * NEXT] = (byte) (q & 0xF);
            codes[at + (HALF + i) * NEXT] = (byte) (q >> 4 & 0xF);
        }
    }

    private static void fifthBits(int bits, byte[] codes, int at) {
        for (int i = 0; i < 2 * HALF; i++) {
            codes[at + i * NEXT] |= (byte) ((bits >>> i & 1) << 4);
        }
    }

    /** A float16 number. */
    static float half(ByteBuffer bytes, int from) {
        return HalfPrecision.fromFloat16(bytes.getShort(from));
    }
}
