package dev.touchstone.checkpoint.gguf;

import static dev.touchstone.checkpoint.gguf.BlockFormat.NEXT;

import dev.touchstone.tensor.QuantizedBlock;
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
    static void q2(ByteBuffer bytes, int from, QuantizedBlock to, int column) {
        to.factors()[column] = bytes.getShort(from + 80);
        to.minimumFactors()[column] = bytes.getShort(from + 82);
        for (int group = 0; group < SIZE / 16; group++) {
            int scales = bytes.get(from + group);
            to.scales()[column + group * NEXT] = (byte) (scales & 0xF);
            to.minima()[column + group * NEXT] = (byte) (scales >> 4 & 0xF);
        }
        quarters(bytes, from + 16, to.codes(), column, 0);
    }

    /** 256 codes of 2 bits, which are put at a bit of the codes. */
    private static void quarters(ByteBuffer bytes, int from, byte[] codes, int column, int shift) {
        for (int half = 0; half < 2; half++) {
            for (int i = 0; i < 32; i++) {
                int q = bytes.get(from + half * 32 + i);
                int at = column + (half * 128 + i) * NEXT;
                codes[at] = (byte) (codes[at] & (1 << shift) - 1 | (q & 3) << shift);
                codes[at + 32 * NEXT] = (byte) (codes[at + 32 * NEXT] & (1 << shift) - 1 | (q >> 2 & 3) << shift);
                codes[at + 64 * NEXT] = (byte) (codes[at + 64 * NEXT] & (1 << shift) - 1 | (q >> 4 & 3) << shift);
                codes[at + 96 * NEXT] = (byte) (codes[at + 96 * NEXT] & (1 << shift) - 1 | (q >> 6 & 3) << shift);
            }
        }
    }

    /**
     * Q3_K: {@code (d (scale - 32)) (q - 4)} for groups of 16. 32 bytes of high bits of q, 64 bytes of low 2 bits of q as in Q2_K, 12
     * bytes of 6-bit scales, d.
     */
    static void q3(ByteBuffer bytes, int from, QuantizedBlock to, int column) {
        to.factors()[column] = bytes.getShort(from + 108);
        for (int group = 0; group < SIZE / 16; group++) {
            to.scales()[column + group * NEXT] = (byte) (scale6(bytes, from + 96, group) - 32);
        }
        quarters(bytes, from + 32, to.codes(), column, 0);
        highBits(bytes, from, to.codes(), column, 2);
    }

    /** A further bit of 256 codes: bit {@code i / 32} of 32 bytes. */
    private static void highBits(ByteBuffer bytes, int from, byte[] codes, int column, int shift) {
        for (int i = 0; i < 32; i++) {
            int high = bytes.get(from + i);
            for (int group = 0; group < 8; group++) {
                codes[column + (group * 32 + i) * NEXT] |= (byte) ((high >> group & 1) << shift);
            }
        }
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
    static void q4(ByteBuffer bytes, int from, QuantizedBlock to, int column) {
        scalesAndMinima(bytes, from, to, column);
        halves(bytes, from + 16, 32, to.codes(), column);
    }

    /** Q5_K: as Q4_K with a fifth bit of q: bit {@code group} of 32 bytes before the low bits. */
    static void q5(ByteBuffer bytes, int from, QuantizedBlock to, int column) {
        scalesAndMinima(bytes, from, to, column);
        halves(bytes, from + 48, 32, to.codes(), column);
        highBits(bytes, from + 16, to.codes(), column, 4);
    }

    /** 256 codes of 4 bits: the low ones of a run of bytes, then the high ones, then those of the next run. */
    private static void halves(ByteBuffer bytes, int from, int run, byte[] codes, int column) {
        for (int byteAt = 0, at = column; byteAt < SIZE / 2; byteAt += run, at += 2 * run * NEXT) {
            for (int i = 0; i < run; i++) {
                int q = bytes.get(from + byteAt + i);
                codes[at + i * NEXT] = (byte) (q & 0xF);
                codes[at + (run + i) * NEXT] = (byte) (q >> 4 & 0xF);
            }
        }
    }

    private static void scalesAndMinima(ByteBuffer bytes, int from, QuantizedBlock to, int column) {
        to.factors()[column] = bytes.getShort(from);
        to.minimumFactors()[column] = bytes.getShort(from + 2);
        for (int group = 0; group < 8; group++) {
            to.scales()[column + group * NEXT] = (byte) scale(bytes, from + 4, group);
            to.minima()[column + group * NEXT] = (byte) min(bytes, from + 4, group);
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
    static void q6(ByteBuffer bytes, int from, QuantizedBlock to, int column) {
        to.factors()[column] = bytes.getShort(from + 208);
        for (int group = 0; group < SIZE / 16; group++) {
            to.scales()[column + group * NEXT] = bytes.get(from + 192 + group);
        }
        halves(bytes, from, 64, to.codes(), column);
        quarters(bytes, from + 128, to.codes(), column, 4);
    }

    /**
     * IQ4_XS: {@code (d (scale - 32)) v[q]} for groups of 32, with the table of IQ4_NL. d, 16 bits with the high 2 bits of 8 scales, 4
     * bytes with their low 4 bits, then 16 bytes of q for each group.
     */
    static void iq4Xs(ByteBuffer bytes, int from, QuantizedBlock to, int column) {
        to.factors()[column] = bytes.getShort(from);
        int high = bytes.getShort(from + 2);
        for (int group = 0; group < 8; group++) {
            int low = bytes.get(from + 4 + group / 2) >> group % 2 * 4 & 0xF;
            int scale = low | (high >> group * 2 & 3) << 4;
            to.scales()[column + group * NEXT] = (byte) (scale - 32);
            BlockFormat.nibbles(bytes, from + 8 + group * 16, to.codes(), column + group * 32 * NEXT);
        }
    }
}
