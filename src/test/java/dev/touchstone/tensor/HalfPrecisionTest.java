package dev.touchstone.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class HalfPrecisionTest {
    private static final int EVERY_16_BITS = 1 << 16;
    private static final Format FLOAT16 = new Format(5, 10);
    private static final Format BFLOAT16 = new Format(8, 7);

    /** A format of IEEE 754; its values are exact in double. */
    private record Format(int exponentBits, int fractionBits) {
        double value(int bits) {
            int exponent = (bits & 0x7FFF) >> fractionBits;
            int fraction = bits & (1 << fractionBits) - 1;
            int bias = (1 << exponentBits - 1) - 1;
            double sign = (bits & 0x8000) == 0 ? 1 : -1;
            if (exponent == (1 << exponentBits) - 1) {
                return fraction == 0 ? sign * Double.POSITIVE_INFINITY : Double.NaN;
            }
            return exponent == 0
                    ? sign * fraction * Math.pow(2, 1 - bias - fractionBits)
                    : sign * ((1 << fractionBits) + fraction) * Math.pow(2, exponent - bias - fractionBits);
        }

        int infinity() {
            return (1 << exponentBits) - 1 << fractionBits;
        }

        /** The value of a magnitude; for infinity, the number that would follow the largest finite one. */
        double finiteValue(int magnitude) {
            return magnitude < infinity() ? value(magnitude) : Math.pow(2, 1 << exponentBits - 1);
        }
    }

    @Test
    void w6_everyFloat16IsWidenedExactly() {
        for (int bits = 0; bits < EVERY_16_BITS; bits++) {
            Double widened = (double) HalfPrecision.fromFloat16((short) bits);

            assertThat(widened).as("bits %04x", bits).isEqualTo(Double.valueOf(FLOAT16.value(bits)));
        }
    }

    @Test
    void w6_everyBfloat16IsWidenedExactly() {
        for (int bits = 0; bits < EVERY_16_BITS; bits++) {
            Double widened = (double) HalfPrecision.fromBfloat16((short) bits);

            assertThat(widened).as("bits %04x", bits).isEqualTo(Double.valueOf(BFLOAT16.value(bits)));
        }
    }

    @Test
    void everyFloat16AndBfloat16IsUnchangedByARoundTrip() {
        for (int bits = 0; bits < EVERY_16_BITS; bits++) {
            float f16 = HalfPrecision.fromFloat16((short) bits);
            float bf16 = HalfPrecision.fromBfloat16((short) bits);

            // A NaN need not keep its payload.
            assertThat(
                            Float.isNaN(f16)
                                    ? Float.isNaN(HalfPrecision.fromFloat16(HalfPrecision.toFloat16(f16)))
                                    : HalfPrecision.toFloat16(f16) == (short) bits)
                    .as("F16 %04x", bits)
                    .isTrue();
            assertThat(
                            Float.isNaN(bf16)
                                    ? Float.isNaN(HalfPrecision.fromBfloat16(HalfPrecision.toBfloat16(bf16)))
                                    : HalfPrecision.toBfloat16(bf16) == (short) bits)
                    .as("BF16 %04x", bits)
                    .isTrue();
        }
    }

    @Property(tries = 5_000, seed = "1")
    void narrowingRoundsToNearestTiesToEven(@ForAll int pattern, @ForAll short half) {
        float any = Float.intBitsToFloat(pattern);
        float nearFloat16 = HalfPrecision.fromFloat16(half) * (1 + (pattern >> 28) * 0x1p-12f);

        assertNearest(any, HalfPrecision.toFloat16(any), FLOAT16);
        assertNearest(any, HalfPrecision.toBfloat16(any), BFLOAT16);
        assertNearest(nearFloat16, HalfPrecision.toFloat16(nearFloat16), FLOAT16);
    }

    @Test
    void narrowingRoundsTiesToEvenAndOverflowsToInfinity() {
        assertThat(HalfPrecision.toFloat16(1 + 0x1p-11f)).isEqualTo((short) 0x3C00);
        assertThat(HalfPrecision.toFloat16(1 + 0x3p-11f)).isEqualTo((short) 0x3C02);
        assertThat(HalfPrecision.toFloat16(65519)).isEqualTo((short) 0x7BFF);
        assertThat(HalfPrecision.toFloat16(65520)).isEqualTo((short) 0x7C00);
        assertThat(HalfPrecision.toFloat16(0x1p-25f)).isEqualTo((short) 0);
        assertThat(HalfPrecision.toFloat16(0x3p-26f)).isEqualTo((short) 1);
        assertThat(HalfPrecision.toBfloat16(1 + 0x1p-8f)).isEqualTo((short) 0x3F80);
        assertThat(HalfPrecision.toBfloat16(1 + 0x3p-8f)).isEqualTo((short) 0x3F82);
        assertThat(HalfPrecision.toBfloat16(Float.MAX_VALUE)).isEqualTo((short) 0x7F80);
    }

    private static void assertNearest(float value, short narrowed, Format format) {
        if (Float.isNaN(value)) {
            assertThat(format.value(narrowed)).isNaN();
            return;
        }
        int magnitude = narrowed & 0x7FFF;
        double exact = Math.min(Math.abs((double) value), format.finiteValue(format.infinity()));
        double distance = Math.abs(exact - format.finiteValue(magnitude));

        assertThat(narrowed < 0).isEqualTo(Float.floatToRawIntBits(value) < 0);
        for (int neighbour = Math.max(0, magnitude - 1);
                neighbour <= Math.min(magnitude + 1, format.infinity());
                neighbour++) {
            double other = Math.abs(exact - format.finiteValue(neighbour));
            assertThat(distance < other || distance == other && (neighbour == magnitude || magnitude % 2 == 0))
                    .as("%s became %s", value, format.value(narrowed))
                    .isTrue();
        }
    }
}
