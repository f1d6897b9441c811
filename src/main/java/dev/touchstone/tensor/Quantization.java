package dev.touchstone.tensor;

/**
 * How the weights of a matrix are quantised. A weight is {@code scale q - minimum}, where each operation is rounded to float. Consecutive
 * inputs of an output form a group, which has one scale and one minimum. These are float16 factors of a block of groups, or the
 * products of such a factor and a small whole number of the group. {@code q} is made of a code of a few bits, which is unsigned.
 *
 * @param block the number of inputs that share the factors, 32 or 256
 * @param group the number of inputs that share a scale, 16 or 32
 * @param lowBits the bits of a code in the first plane: 2, 4 or 8
 * @param highBits the bits of a code above these, in the second plane: 0, 1 or 2
 * @param isNonLinear whether {@code q} is the element of {@link #NON_LINEAR} at the index that is the code
 * @param hasMinima whether there are minima
 * @param groupBits the bits of the whole number of a group: 0 if there are none, 8, or 4 for that of the scale and 4 for that of the minimum
 */
public record Quantization(
        int block, int group, int lowBits, int highBits, boolean isNonLinear, boolean hasMinima, int groupBits) {
    /** Inputs whose weights are unpacked together. */
    public static final int STEP = 32;

    /** 16 values that are spaced like a normal distribution, of the types IQ4_NL and IQ4_XS of GGUF. */
    public static final byte[] NON_LINEAR = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

    public Quantization {
        if (group != 16 && group != 32 || block % STEP != 0) {
            throw new IllegalArgumentException("groups of " + group + " inputs in blocks of " + block);
        }
    }

    /** Codes without minima. The factor is the scale. */
    public static Quantization of(int block, int group, int lowBits, int highBits) {
        return new Quantization(block, group, lowBits, highBits, false, false, 0);
    }

    /** The same with codes that are indices of {@link #NON_LINEAR}. */
    public Quantization nonLinear() {
        return new Quantization(block, group, lowBits, highBits, true, hasMinima, groupBits);
    }

    /** The same with minima. */
    public Quantization withMinima() {
        return new Quantization(block, group, lowBits, highBits, isNonLinear, true, groupBits);
    }

    /** The same with a whole number for each group. */
    public Quantization withGroupBits(int bits) {
        return new Quantization(block, group, lowBits, highBits, isNonLinear, hasMinima, bits);
    }

    /** The bits of a code. */
    public int bits() {
        return lowBits + highBits;
    }

    /** What is subtracted from a code: the highest bit of a code, or 0 if there is a table or there are minima. */
    public int offset() {
        return isNonLinear || hasMinima ? 0 : 1 << bits() - 1;
    }

    /** Whether panels have codes minus the offset, in two's complement: if there is an offset. */
    public boolean isSigned() {
        return offset() != 0;
    }

    /** The {@code q} of a code. */
    public int value(int code) {
        return isNonLinear ? NON_LINEAR[code] : code - offset();
    }

    /** The number of float16 factors of a block of an output. */
    public int factors() {
        return hasMinima ? 2 : 1;
    }

    /** The number of bytes of a group of an output: that of the scale, and of the minimum. */
    public int groupBytes() {
        return groupBits == 8 && hasMinima ? 2 : groupBits == 0 ? 0 : 1;
    }

    /** The mean number of bytes of a weight in memory. */
    public double bytes() {
        return bits() / 8.0 + (double) factors() * Short.BYTES / block + (double) groupBytes() / group;
    }
}
