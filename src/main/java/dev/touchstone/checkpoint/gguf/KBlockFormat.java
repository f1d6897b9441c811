package dev.touchstone.checkpoint.gguf;

import static dev.touchstone.checkpoint.gguf.BlockFormat.half;

import java.nio.ByteBuffer;

/**
 * Blocks of 256 elements, which have a float16 factor for the block and small integer scales for its groups of 16 or 32 elements.
 * See {@link BlockFormat}.
 */
final class KBlockFormat {
    private static final int SIZE = 256;

    private KBlockFormat() {}

    /**
     * Q2_K: {@code (d scale) q - (dmin min)} for groups of 16. 16 bytes with the 4 bits of scale and min of each group, 64 bytes of
     * 2-bit q, d, dmin. The 32 bytes of each half of the block hold the q of four runs of 32 elements, 2 bits each.
     */
    static void q2(ByteBuffer bytes, int from, Block to) {
        float d = half(bytes, from + 80);
        float dmin = half(bytes, from + 82);
        for (int group = 0; group < SIZE / 16; group++) {
            int scales = bytes.get(from + group);
            to.scales()[group] = d * (scales & 0xF);
            to.minima()[group] = dmin * (scales >> 4 & 0xF);
        }
        for (int i = 0; i < SIZE; i++) {
            to.quants()[i] = (byte) (bytes.get(from + 16 + packed2(i)) >> shift2(i) & 3);
        }
    }

    /**
     * Q3_K: {@code (d (scale - 32)) (q - 4)} for groups of 16. 32 bytes of high bits of q, 64 bytes of low 2 bits of q as in Q2_K, 12
     * bytes of 6-bit scales, d.
     */
    static void q3(ByteBuffer bytes, int from, Block to) {
        float d = half(bytes, from + 108);
        for (int group = 0; group < SIZE / 16; group++) {
            to.scales()[group] = d * (scale6(bytes, from + 96, group) - 32);
        }
        for (int i = 0; i < SIZE; i++) {
            int low = bytes.get(from + 32 + packed2(i)) >> shift2(i) & 3;
            int high = bytes.get(from + i % 32) >> i / 32 & 1;
            to.quants()[i] = (byte) ((low | high << 2) - 4);
        }
    }

    /** The byte that holds the low 2 bits of an element, among 64. */
    private static int packed2(int i) {
        return i / 128 * 32 + i % 32;
    }

    private static int shift2(int i) {
        return i % 128 / 32 * 2;
    }

    /** One of the 16 scales of Q3_K: the low 4 bits are in bytes 0 to 7, the high 2 bits in bytes 8 to 11. */
    private static int scale6(ByteBuffer bytes, int from, int group) {
        int low = bytes.get(from + group % 8) >> group / 8 * 4 & 0xF;
        int high = bytes.get(from + 8 + group % 4) >> group / 4 * 2 & 3;
        return low | high << 4;
    }

    /**
     * Q4_K: {@code (d scale) q - (dmin min)} for groups of 32. d, dmin, 12 bytes of 6-bit scales and mins, 128 bytes of 4-bit q: the 32
     * bytes of each quarter of the block hold two groups, in the low and the high 4 bits.
     */
    static void q4(ByteBuffer bytes, int from, Block to) {
        for (int group = 0; group < 8; group++) {
            to.scales()[group] = half(bytes, from) * scale(bytes, from + 4, group);
            to.minima()[group] = half(bytes, from + 2) * min(bytes, from + 4, group);
            for (int i = 0; i < 32; i++) {
                int q = bytes.get(from + 16 + group / 2 * 32 + i) >> group % 2 * 4 & 0xF;
                to.quants()[group * 32 + i] = (byte) q;
            }
        }
    }

    /** Q5_K: as Q4_K with a fifth bit of q: bit {@code group} of 32 bytes before the low bits. */
    static void q5(ByteBuffer bytes, int from, Block to) {
        for (int group = 0; group < 8; group++) {
            to.scales()[group] = half(bytes, from) * scale(bytes, from + 4, group);
            to.minima()[group] = half(bytes, from + 2) * min(bytes, from + 4, group);
            for (int i = 0; i < 32; i++) {
                int low = bytes.get(from + 48 + group / 2 * 32 + i) >> group % 2 * 4 & 0xF;
                int high = bytes.get(from + 16 + i) >> group & 1;
                to.quants()[group * 32 + i] = (byte) (low | high << 4);
            }
        }
    }

    /** A 6-bit scale of Q4_K and Q5_K: the first four are in the low bits of bytes 0 to 3, the others in 8 to 11 and 0 to 3. */
    private static int scale(ByteBuffer bytes, int from, int group) {
        return group < 4
                ? bytes.get(from + group) & 0x3F
                : bytes.get(from + 4 + group) & 0xF | bytes.get(from + group - 4) >> 2 & 0x30;
    }

    /** A 6-bit min of Q4_K and Q5_K: the first four are in the low bits of bytes 4 to 7, the others in 8 to 11 and 4 to 7. */
    private static int min(ByteBuffer bytes, int from, int group) {
        return group < 4
                ? bytes.get(from + 4 + group) & 0x3F
                : bytes.get(from + 4 + group) >> 4 & 0xF | bytes.get(from + group) >> 2 & 0x30;
    }

    /**
     * Q6_K: {@code (d scale) (q - 32)} for groups of 16. 128 bytes of low 4 bits of q, 64 bytes of high 2 bits, 16 signed scales, d. Each
     * half of the block has 64 bytes of low bits: the low 4 bits of its first 64 elements, the high 4 bits of the others.
     */
    static void q6(ByteBuffer bytes, int from, Block to) {
        float d = half(bytes, from + 208);
        for (int group = 0; group < SIZE / 16; group++) {
            to.scales()[group] = d * bytes.get(from + 192 + group);
        }
        for (int i = 0; i < SIZE; i++) {
            int low = bytes.get(from + i / 128 * 64 + i % 64) >> i % 128 / 64 * 4 & 0xF;
            int high = bytes.get(from + 128 + packed2(i)) >> shift2(i) & 3;
            to.quants()[i] = (byte) ((low | high << 4) - 32);
        }
    }

    /**
     * IQ4_XS: {@code (d (scale - 32)) v[q]} for groups of 32, with the table of IQ4_NL. d, 16 bits with the high 2 bits of 8 scales, 4
     * bytes with their low 4 bits, then 16 bytes of q for each group.
     */
    static void iq4Xs(ByteBuffer bytes, int from, Block to) {
        float d = half(bytes, from);
        int high = bytes.getShort(from + 2);
        for (int group = 0; group < 8; group++) {
            int low = bytes.get(from + 4 + group / 2) >> group % 2 * 4 & 0xF;
            int scale = low | (high >> group * 2 & 3) << 4;
            to.scales()[group] = d * (scale - 32);
            BlockFormat.nonLinear(bytes, from + 8 + group * 16, to, group * 32);
        }
    }
}
