package dev.touchstone.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Errors in ulps of the exact value, over every 1009th float. */
class FloatMathTest {
    /** The factor by which mutation testing reduces the number of tested floats. */
    private static final int REDUCTION = Integer.getInteger("touchstone.hurry", 1);
    /** A prime number, so that the low bits take all patterns. */
    private static final int STEP = 1009 * REDUCTION;

    @Test
    void exp() {
        assertThat(worst("exp", FloatMath::exp, Math::exp, -104, 89)).isLessThan(1);
    }

    @Test
    void erf() {
        assertThat(worst("erf", FloatMath::erf, FloatMathTest::exactErf, -6, 6)).isLessThan(1);
    }

    @Test
    void gelu() {
        // For negative x, 1 + erf cancels, as in PyTorch: the error is small relative to x, not to the result.
        assertThat(worstInUlpsOfTheArgument(
                        "gelu", FloatMath::gelu, x -> x * (1 + exactErf(x * Math.sqrt(0.5))) / 2, -12, 12))
                .isLessThan(2);
    }

    @Test
    void geluNew() {
        assertThat(worst("gelu_new", FloatMath::geluNew, FloatMathTest::exactGeluNew, -5, 12))
                .isLessThan(48);
        assertThat(worstInUlpsOfTheArgument("gelu_new", FloatMath::geluNew, FloatMathTest::exactGeluNew, -12, 12))
                .isLessThan(2);
    }

    @Test
    void tanh() {
        assertThat(worst("tanh", FloatMath::tanh, StrictMath::tanh, -12, 12)).isLessThan(1);
    }

    @Test
    void silu() {
        assertThat(worst("silu", FloatMath::silu, x -> x / (1 + StrictMath.exp(-x)), -80, 200))
                .isLessThan(2.5);
    }

    /** Accurate to a millionth of an ulp of a float, so that rounding to float gives the nearest float. */
    @Test
    void sineAndCosineOfTheAnglesOfRotaryEmbeddings() {
        Random random = new Random(1);
        for (int i = 0; i < 200_000 / REDUCTION; i++) {
            double x = (random.nextInt(131_072) - 10) * Math.pow(random.nextDouble(), 4);
            assertThat(Math.abs(FloatMath.sin(x) - StrictMath.sin(x))).isLessThan(1e-13);
            assertThat(Math.abs(FloatMath.cos(x) - StrictMath.cos(x))).isLessThan(1e-13);
        }
        assertThat(FloatMath.sin(0)).isZero();
        assertThat(FloatMath.cos(0)).isEqualTo(1);
    }

    @Test
    void extremeArguments() {
        assertThat(FloatMath.exp(Float.NEGATIVE_INFINITY)).isZero();
        assertThat(FloatMath.exp(-Float.MAX_VALUE)).isZero();
        assertThat(FloatMath.exp(Float.POSITIVE_INFINITY)).isInfinite();
        assertThat(FloatMath.exp(0)).isEqualTo(1);
        assertThat(FloatMath.exp(Float.NaN)).isNaN();
        assertThat(FloatMath.erf(Float.POSITIVE_INFINITY)).isEqualTo(1);
        assertThat(FloatMath.erf(Float.NEGATIVE_INFINITY)).isEqualTo(-1);
        assertThat(FloatMath.erf(Float.NaN)).isNaN();
        assertThat(Float.floatToRawIntBits(FloatMath.erf(-0f))).isEqualTo(Float.floatToRawIntBits(-0f));
        assertThat(FloatMath.geluNew(Float.POSITIVE_INFINITY)).isInfinite();
        assertThat(FloatMath.gelu(Float.NaN)).isNaN();
        assertThat(FloatMath.tanh(Float.POSITIVE_INFINITY)).isEqualTo(1);
        assertThat(FloatMath.tanh(Float.NEGATIVE_INFINITY)).isEqualTo(-1);
        assertThat(FloatMath.tanh(Float.NaN)).isNaN();
        assertThat(Float.floatToRawIntBits(FloatMath.tanh(-0f))).isEqualTo(Float.floatToRawIntBits(-0f));
        assertThat(FloatMath.silu(Float.POSITIVE_INFINITY)).isInfinite();
        assertThat(FloatMath.silu(-Float.MAX_VALUE)).isZero();
    }

    /** The largest error, in ulps of the exact value. */
    private static double worst(
            String name, UnaryOperator<Float> function, DoubleUnaryOperator exact, float from, float to) {
        return sweep(name, function, exact, from, to, (x, value) -> Math.ulp((float) value));
    }

    /** The largest error, in ulps of the argument. */
    private static double worstInUlpsOfTheArgument(
            String name, UnaryOperator<Float> function, DoubleUnaryOperator exact, float from, float to) {
        return sweep(name, function, exact, from, to, (x, value) -> Math.ulp(x));
    }

    private interface Unit {
        double of(float x, double value);
    }

    private static double sweep(
            String name, UnaryOperator<Float> function, DoubleUnaryOperator exact, float from, float to, Unit unit) {
        double worst = IntStream.range(Integer.MIN_VALUE / STEP, Integer.MAX_VALUE / STEP)
                .parallel()
                .mapToDouble(i -> {
                    float x = Float.intBitsToFloat(i * STEP);
                    if (!(x >= from && x <= to)) {
                        return 0;
                    }
                    double value = exact.applyAsDouble(x);
                    if (Math.abs(value) > Float.MAX_VALUE) {
                        return 0;
                    }
                    return Math.abs(function.apply(x) - value) / unit.of(x, value);
                })
                .max()
                .orElseThrow();
        System.out.printf("FloatMath.%s: at most %.3f ulp%n", name, worst);
        return worst;
    }

    private static double exactGeluNew(double x) {
        double twice = -2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x);
        return x / (1 + Math.exp(twice));
    }

    /** A series of positive terms (Abramowitz and Stegun 7.1.6) below 3, and a continued fraction above. */
    private static double exactErf(double x) {
        double z = Math.abs(x);
        double erf = z < 3 ? series(z) : 1 - complement(z);
        return Math.copySign(erf, x);
    }

    private static double series(double z) {
        double term = z;
        double sum = z;
        for (int n = 1; term > sum * 1e-18; n++) {
            term *= 2 * z * z / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.sqrt(Math.PI) * Math.exp(-z * z) * sum;
    }

    private static double complement(double z) {
        double fraction = z;
        for (int n = 60; n > 0; n--) {
            fraction = z + n / 2.0 / fraction;
        }
        return Math.exp(-z * z) / Math.sqrt(Math.PI) / fraction;
    }
}
