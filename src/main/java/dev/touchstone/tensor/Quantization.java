package dev.touchstone.tensor;

/**
 * How the weights of a matrix are quantised. A weight is {@code scale q - minimum}, where each operation is rounded to float. Consecutive
 * inputs of an output form a group, which has one scale and one minimum. These are float16 factors of a block of groups, or the
 * products of such a factor and a small whole number of the group; or the scale is a power of two, of which the group has the exponent.
 * {@code q} is made of a code of a few bits, which is unsigned.
 *
 * @param block the number of inputs that share the factors, 32 or 256
 * @param group the number of inputs that share a scale, 16 or 32
 * @param lowBits the bits of a code in the first plane: 2, 4 or 8
 * @param highBits the bits of a code above these, in the second plane: 0, 1 or 2
 * @param table has {@code q} at the index that is the code; null if {@code q} is the code minus an offset
 * @param hasMinima whether there are minima
 * @param groupBits the bits of the whole number of a group: 0 if there are none, 8, or 4 for that of the scale and 4 for that of the minimum
 */
public record Quantization(
        int block, int group, int lowBits, int highBits, Table table, boolean hasMinima, int groupBits) {
    /** Inputs whose weights are unpacked together. */
    public static final int STEP = 32;

    /** The values of 16 codes. */
    public enum Table {
        /** Spaced like a normal distribution, of the types IQ4_NL and IQ4_XS of GGUF. */
        NORMAL(-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113),
        /** Twice the floats with a sign, 2 bits of exponent and 1 of mantissa, of the type MXFP4 of GGUF. */
        FLOAT4(0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12);

        private final int[] values;

        Table(int... values) {
            this.values = values;
        }

        public int value(int code) {
            return values[code];
        }
    }

    public Quantization {
        if (group != 16 && group != 32 || block < STEP || Integer.bitCount(block) != 1) {
            throw new IllegalArgumentException("groups of " + group + " inputs in blocks of " + block);
        }
    }

    /** Codes without minima. The factor is the scale. */
    public static Quantization of(int block, int group, int lowBits, int highBits) {
        return new Quantization(block, group, lowBits, highBits, null, false, 0);
    }

    /** The same with codes that are indices of a table. */
    public Quantization with(Table values) {
        return new Quantization(block, group, lowBits, highBits, values, hasMinima, groupBits);
    }

    /** The same with minima. */
    public Quantization withMinima() {
        return new Quantization(block, group, lowBits, highBits, table, true, groupBits);
    }

    /** The same with a whole number for each group. */
    public Quantization withGroupBits(int bits) {
        return new Quantization(block, group, lowBits, highBits, table, hasMinima, bits);
    }

    /** The number of blocks that so many inputs have. No division, which would take longer than to widen the scales of a block. */
    public int blocks(int inputs) {
        return inputs >> Integer.numberOfTrailingZeros(block);
    }

    /** The number of groups that so many inputs have. */
    public int groups(int inputs) {
        return inputs >> Integer.numberOfTrailingZeros(group);
    }

    /** The bits of a code. */
    public int bits() {
        return lowBits + highBits;
    }

    /** What is subtracted from a code: the highest bit of a code, or 0 if there is a table or there are minima. */
    public int offset() {
        return table != null || hasMinima ? 0 : 1 << bits() - 1;
    }

    /** Whether panels have codes minus the offset, in two's complement: if there is an offset. */
    public boolean isSigned() {
        return offset() != 0;
    }

    /** The {@code q} of a code. */
    public int value(int code) {
        return table != null ? table.value(code) : code - offset();
    }

    /** Whether scales are powers of two. There are no factors then, and the whole number of a group is the exponent plus 128. */
    public boolean hasExponents() {
        return table == Table.FLOAT4;
    }

    /** {@code 2^(number - 128)}, of an unsigned byte. The smallest two are subnormal. */
    public static float power(byte number) {
        int exponent = number & 0xFF;
        return Float.intBitsToFloat(exponent < 2 ? 0x0020_0000 << exponent : exponent - 1 << 23);
    }

    /** The number of float16 factors of a block of an output. */
    public int factors() {
        return hasExponents() ? 0 : hasMinima ? 2 : 1;
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
