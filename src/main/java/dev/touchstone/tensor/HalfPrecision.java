package dev.touchstone.tensor;

/**
 * The two 16-bit floats: IEEE 754 binary16 ({@code F16}: 5 bits of exponent, 10 of fraction) and {@code BF16}, the upper
 * half of a float. To float is exact; from float rounds to the nearest, ties to even, as PyTorch does.
 */
public final class HalfPrecision {
    private HalfPrecision() {}

    public static float fromFloat16(short bits) {
        int magnitude = bits & 0x7FFF;
        // The exponent's bias is 15 there and 127 here; as a multiplication this serves denormals too, and is exact.
        float value = magnitude < 0x7C00
                ? Float.intBitsToFloat(magnitude << 13) * 0x1p112f
                : Float.intBitsToFloat(0x7F800000 | magnitude << 13);
        return Float.intBitsToFloat(Float.floatToRawIntBits(value) | (bits & 0x8000) << 16);
    }

    public static short toFloat16(float value) {
        int sign = Float.floatToRawIntBits(value) >>> 16 & 0x8000;
        float magnitude = Math.abs(value);
        int bits = Float.floatToRawIntBits(magnitude);
        if (Float.isNaN(value)) {
            return (short) (sign | 0x7E00 | bits >>> 13 & 0x1FF);
        }
        if (magnitude >= 65520) { // half way from the largest number, 65504, to the one that would follow
            return (short) (sign | 0x7C00);
        }
        if (magnitude < 0x1p-14f) {
            return (short) (sign | (int) Math.rint(magnitude * 0x1p24));
        }
        int rounded = bits + 0xFFF + (bits >>> 13 & 1);
        return (short) (sign | (rounded >>> 13) - (112 << 10));
    }

    public static float fromBfloat16(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    public static short toBfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> 16 | 0x40);
        }
        return (short) (bits + 0x7FFF + (bits >>> 16 & 1) >>> 16);
    }
}
