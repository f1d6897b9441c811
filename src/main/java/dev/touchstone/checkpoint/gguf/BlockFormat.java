package dev.touchstone.checkpoint.gguf;

import dev.touchstone.tensor.HalfPrecision;
import java.nio.ByteBuffer;

/**
 * Computes the elements of a block, with the formulas of ggml's {@code ggml-quants.c} in the order in which the Python package
 * {@code gguf} evaluates them. Each operation is rounded to float32; no multiply-add is fused. The types with blocks of 256
 * elements are in {@link KBlockFormat}.
 */
@FunctionalInterface
interface BlockFormat {
    /** The elements of a block of a type whose blocks have 32 elements. */
    int SIZE = 32;

    int HALF = SIZE / 2;

    /** The 16 values of IQ4_NL and IQ4_XS, which are spaced like a normal distribution. */
    byte[] NON_LINEAR = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

    /**
     * Computes the elements of one block.
     *
     * @param bytes little-endian; the block begins at index {@code from}
     * @param to receives the elements, from index {@code at} on
     */
    void elements(ByteBuffer bytes, int from, float[] to, int at);

    static void f32(ByteBuffer bytes, int from, float[] to, int at) {
        to[at] = bytes.getFloat(from);
    }

    /** Rounded to the nearest float32. */
    static void f64(ByteBuffer bytes, int from, float[] to, int at) {
        to[at] = (float) bytes.getDouble(from);
    }

    static void f16(ByteBuffer bytes, int from, float[] to, int at) {
        to[at] = half(bytes, from);
    }

    static void bf16(ByteBuffer bytes, int from, float[] to, int at) {
        to[at] = HalfPrecision.fromBfloat16(bytes.getShort(from));
    }

    /** {@code d (q - 8)}: d, then the low 4 bits of 16 bytes, then the high 4 bits. */
    static void q4Zero(ByteBuffer bytes, int from, float[] to, int at) {
        float d = half(bytes, from);
        for (int i = 0; i < HALF; i++) {
            int q = bytes.get(from + 2 + i);
            to[at + i] = d * ((q & 0xF) - 8);
            to[at + HALF + i] = d * ((q >> 4 & 0xF) - 8);
        }
    }

    /** {@code d q + m}: d, m, then 4 bits as in Q4_0. */
    static void q4One(ByteBuffer bytes, int from, float[] to, int at) {
        float d = half(bytes, from);
        float m = half(bytes, from + 2);
        for (int i = 0; i < HALF; i++) {
            int q = bytes.get(from + 4 + i);
            to[at + i] = d * (q & 0xF) + m;
            to[at + HALF + i] = d * (q >> 4 & 0xF) + m;
        }
    }

    /** {@code d (q - 16)}: d, the fifth bit of each element, then the lower 4 bits as in Q4_0. */
    static void q5Zero(ByteBuffer bytes, int from, float[] to, int at) {
        float d = half(bytes, from);
        int high = bytes.getInt(from + 2);
        for (int i = 0; i < HALF; i++) {
            int q = bytes.get(from + 6 + i);
            to[at + i] = d * ((q & 0xF | bit(high, i) << 4) - 16);
            to[at + HALF + i] = d * ((q >> 4 & 0xF | bit(high, HALF + i) << 4) - 16);
        }
    }

    /** {@code d q + m}: d, m, then 5 bits as in Q5_0. */
    static void q5One(ByteBuffer bytes, int from, float[] to, int at) {
        float d = half(bytes, from);
        float m = half(bytes, from + 2);
        int high = bytes.getInt(from + 4);
        for (int i = 0; i < HALF; i++) {
            int q = bytes.get(from + 8 + i);
            to[at + i] = d * (q & 0xF | bit(high, i) << 4) + m;
            to[at + HALF + i] = d * (q >> 4 & 0xF | bit(high, HALF + i) << 4) + m;
        }
    }

    /** {@code q d}: d, then signed bytes. */
    static void q8Zero(ByteBuffer bytes, int from, float[] to, int at) {
        float d = half(bytes, from);
        for (int i = 0; i < SIZE; i++) {
            to[at + i] = bytes.get(from + 2 + i) * d;
        }
    }

    /** {@code d v[q]} with a table of 16 values: d, then 4 bits as in Q4_0. */
    static void iq4Nl(ByteBuffer bytes, int from, float[] to, int at) {
        nonLinear(half(bytes, from), bytes, from + 2, to, at);
    }

    /** 32 elements {@code d v[q]} from 16 bytes. */
    static void nonLinear(float d, ByteBuffer bytes, int from, float[] to, int at) {
        for (int i = 0; i < HALF; i++) {
            int q = bytes.get(from + i);
            to[at + i] = d * NON_LINEAR[q & 0xF];
            to[at + HALF + i] = d * NON_LINEAR[q >> 4 & 0xF];
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
