package dev.touchstone.tensor;

/**
 * The two 16-bit floating-point formats: IEEE 754 binary16 ({@code F16}: 5 exponent bits, 10 fraction bits) and bfloat16
 * ({@code BF16}), the upper half of a float. Conversion to float is exact; conversion from float rounds to nearest, ties to even,
 * as in PyTorch.
 */
public final class HalfPrecision {
    /** The bits of the exponent of an F16. */
    public static final int FLOAT16_EXPONENT = 0x7C00;
    /** The bits of the exponent of a BF16. */
    public static final int BFLOAT16_EXPONENT = 0x7F80;

    private HalfPrecision() {}

    /**
     * Whether the first {@code count} numbers are finite.
     *
     * @param exponent the bits of the exponent, which are all ones in infinities and NaN
     */
    public static boolean areFinite(short[] numbers, int count, int exponent) {
        boolean finite = true;
        for (int i = 0; i < count; i++) {
            finite &= (numbers[i] & exponent) != exponent;
        }
        return finite;
    }

    /** F16 to float. */
    public static float fromFloat16(short bits) {
        int magnitude = bits & 0x7FFF;
        // The exponent bias is 15 in F16, 127 in float. Multiplication corrects it exactly, for denormals as well.
        float value = magnitude < 0x7C00
                ? Float.intBitsToFloat(magnitude << 13) * 0x1p112f
                : Float.intBitsToFloat(0x7F800000 | magnitude << 13);
        return Float.intBitsToFloat(Float.floatToRawIntBits(value) | (bits & 0x8000) << 16);
    }

    /** Float to F16; infinite from 65520 on. */
    public static short toFloat16(float value) {
        int sign = Float.floatToRawIntBits(value) >>> 16 & 0x8000;
        float magnitude = Math.abs(value);
        int bits = Float.floatToRawIntBits(magnitude);
        if (Float.isNaN(value)) {
            return (short) (sign | 0x7E00 | bits >>> 13 & 0x1FF);
        }
        if (magnitude >= 65520) { // half way between the largest number, 65504, and 65536
            return (short) (sign | 0x7C00);
        }
        if (magnitude < 0x1p-14f) {
            return (short) (sign | (int) Math.rint(magnitude * 0x1p24));
        }
        int rounded = bits + 0xFFF + (bits >>> 13 & 1);
        return (short) (sign | (rounded >>> 13) - (112 << 10));
    }

    /** BF16 to float. */
    public static float fromBfloat16(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    /** Float to BF16. */
    public static short toBfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> 16 | 0x40);
        }
        return (short) (bits + 0x7FFF + (bits >>> 16 & 1) >>> 16);
    }
}
