package dev.touchstone.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link FloatMath} for many elements, in the same steps, which are explained there. The number of elements is a multiple of
 * the lanes, and at most {@link #STRETCH}: intermediate results of so many stay in the first-level cache.
 *
 * <p>Each method is one loop, and methods exchange arrays, never vectors: if the compiler does not inline a method with a vector
 * as parameter or result, that vector becomes an object, and the code ten times slower. One thread uses an instance.
 */
final class VectorMath {
    /** The most elements of a call. */
    static final int STRETCH = 512;

    private static final VectorSpecies<Float> SPECIES = VectorTiles.SPECIES;
    private static final int LANES = SPECIES.length();
    private static final int SIGN = 0x80000000;
    private static final int ROUND_BITS = Float.floatToRawIntBits(FloatMath.ROUND);

    private final float[] argument = new float[STRETCH];
    private final float[] power = new float[STRETCH];
    private final float[] more = new float[STRETCH];

    /** {@code y = activation(x)} for {@code n} elements; {@code x} and {@code y} are two arrays. */
    void activate(Activation activation, float[] x, int at, float[] y, int yAt, int n) {
        switch (activation) {
            case RELU -> relu(x, at, y, yAt, n);
            case GELU -> gelu(x, at, y, yAt, n);
            case GELU_NEW -> {
                geluNewExponent(x, at, y, yAt, n);
                exp(y, yAt, 0, y, yAt, n);
                divideByOnePlus(x, at, y, yAt, n);
            }
            case SILU -> {
                negate(x, at, y, yAt, n);
                exp(y, yAt, 0, y, yAt, n);
                divideByOnePlus(x, at, y, yAt, n);
            }
            default -> throw new IllegalArgumentException(activation + " has plain loops only");
        }
    }

    /** {@code y = exp(x - less)}; {@code x} and {@code y} may be the same. */
    static void exp(float[] x, int at, float less, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, at + i).sub(less);
            FloatVector below = v.blend(FloatMath.EXP_MAX, v.compare(VectorOperators.GT, FloatMath.EXP_MAX));
            FloatVector a = below.blend(FloatMath.EXP_MIN, v.compare(VectorOperators.LT, FloatMath.EXP_MIN));
            FloatVector rounded = a.fma(
                    FloatVector.broadcast(SPECIES, FloatMath.LOG2_E), FloatVector.broadcast(SPECIES, FloatMath.ROUND));
            FloatVector n2 = rounded.sub(FloatMath.ROUND);
            FloatVector high = n2.fma(FloatVector.broadcast(SPECIES, -FloatMath.LN2_HIGH), a);
            FloatVector r = n2.fma(FloatVector.broadcast(SPECIES, -FloatMath.LN2_LOW), high);
            FloatVector low = n2.fma(FloatVector.broadcast(SPECIES, -FloatMath.LN2_LOW), high.sub(r));
            FloatVector q = FloatVector.broadcast(SPECIES, FloatMath.EXP_6)
                    .fma(r, FloatVector.broadcast(SPECIES, FloatMath.EXP_5))
                    .fma(r, FloatVector.broadcast(SPECIES, FloatMath.EXP_4))
                    .fma(r, FloatVector.broadcast(SPECIES, FloatMath.EXP_3))
                    .fma(r, FloatVector.broadcast(SPECIES, FloatMath.EXP_2));
            FloatVector mantissa = r.add(q.fma(r.mul(r), low)).add(1);
            IntVector exponent = rounded.reinterpretAsInts().sub(ROUND_BITS);
            IntVector half = exponent.lanewise(VectorOperators.ASHR, 1);
            IntVector rest = exponent.sub(half);
            mantissa.mul(half.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats())
                    .mul(rest.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats())
                    .intoArray(y, yAt + i);
        }
    }

    /**
     * {@code y = exp(x + more)}, where the sum is more exact than a float, between {@link FloatMath#EXP_MIN} and
     * {@link FloatMath#EXP_MAX}. Without {@code more}, {@link #exp} is faster.
     */
    private static void expOfSum(float[] x, float[] more, float[] y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector a = FloatVector.fromArray(SPECIES, x, i);
            FloatVector b = FloatVector.fromArray(SPECIES, more, i);
            FloatVector rounded = a.add(b)
                    .fma(
                            FloatVector.broadcast(SPECIES, FloatMath.LOG2_E),
                            FloatVector.broadcast(SPECIES, FloatMath.ROUND));
            FloatVector n2 = rounded.sub(FloatMath.ROUND);
            FloatVector high = n2.fma(FloatVector.broadcast(SPECIES, -FloatMath.LN2_HIGH), a)
                    .add(b);
            FloatVector r = n2.fma(FloatVector.broadcast(SPECIES, -FloatMath.LN2_LOW), high);
            FloatVector low = n2.fma(FloatVector.broadcast(SPECIES, -FloatMath.LN2_LOW), high.sub(r));
            FloatVector q = FloatVector.broadcast(SPECIES, FloatMath.EXP_6)
                    .fma(r, FloatVector.broadcast(SPECIES, FloatMath.EXP_5))
                    .fma(r, FloatVector.broadcast(SPECIES, FloatMath.EXP_4))
                    .fma(r, FloatVector.broadcast(SPECIES, FloatMath.EXP_3))
                    .fma(r, FloatVector.broadcast(SPECIES, FloatMath.EXP_2));
            FloatVector mantissa = r.add(q.fma(r.mul(r), low)).add(1);
            IntVector exponent = rounded.reinterpretAsInts().sub(ROUND_BITS);
            IntVector half = exponent.lanewise(VectorOperators.ASHR, 1);
            IntVector rest = exponent.sub(half);
            mantissa.mul(half.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats())
                    .mul(rest.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats())
                    .intoArray(y, i);
        }
    }

    private static void relu(float[] x, int at, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector.fromArray(SPECIES, x, at + i).max(0).intoArray(y, yAt + i);
        }
    }

    private static void negate(float[] x, int at, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector.fromArray(SPECIES, x, at + i).neg().intoArray(y, yAt + i);
        }
    }

    private static void geluNewExponent(float[] x, int at, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, at + i);
            v.mul(v.mul(v)
                            .fma(
                                    FloatVector.broadcast(SPECIES, FloatMath.GELU_NEW_3),
                                    FloatVector.broadcast(SPECIES, FloatMath.GELU_NEW_1)))
                    .intoArray(y, yAt + i);
        }
    }

    /** {@code y = x / (1 + y)} */
    private static void divideByOnePlus(float[] x, int at, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector.fromArray(SPECIES, x, at + i)
                    .div(FloatVector.fromArray(SPECIES, y, yAt + i).add(1))
                    .intoArray(y, yAt + i);
        }
    }

    private void gelu(float[] x, int at, float[] y, int yAt, int n) {
        VectorElements.scale(x, at, FloatMath.SQRT_HALF, argument, 0, n);
        erf(argument, 0, argument, 0, n);
        for (int i = 0; i < n; i += LANES) {
            FloatVector.fromArray(SPECIES, x, at + i)
                    .mul(0.5f)
                    .mul(FloatVector.fromArray(SPECIES, argument, i).add(1))
                    .intoArray(y, yAt + i);
        }
    }

    /** {@code y = erf(x)}; both may be the same. */
    void erf(float[] x, int at, float[] y, int yAt, int n) {
        float[] tail = FloatMath.ERF_TAIL;
        for (int i = 0; i < n; i += LANES) {
            FloatVector z = FloatVector.fromArray(SPECIES, x, at + i).abs().min(FloatMath.ERF_ONE);
            z.mul(-2).intoArray(power, i);
            FloatVector.broadcast(SPECIES, tail[6])
                    .fma(z, FloatVector.broadcast(SPECIES, tail[5]))
                    .fma(z, FloatVector.broadcast(SPECIES, tail[4]))
                    .fma(z, FloatVector.broadcast(SPECIES, tail[3]))
                    .fma(z, FloatVector.broadcast(SPECIES, tail[2]))
                    .fma(z, FloatVector.broadcast(SPECIES, tail[1]))
                    .fma(z, FloatVector.broadcast(SPECIES, tail[0]))
                    .neg()
                    .intoArray(more, i);
        }
        expOfSum(power, more, power, n);
        float[] series = FloatMath.ERF_SERIES;
        for (int i = 0; i < n; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, at + i);
            FloatVector square = v.mul(v);
            FloatVector near = FloatVector.broadcast(SPECIES, series[6])
                    .fma(square, FloatVector.broadcast(SPECIES, series[5]))
                    .fma(square, FloatVector.broadcast(SPECIES, series[4]))
                    .fma(square, FloatVector.broadcast(SPECIES, series[3]))
                    .fma(square, FloatVector.broadcast(SPECIES, series[2]))
                    .fma(square, FloatVector.broadcast(SPECIES, series[1]))
                    .fma(square, FloatVector.broadcast(SPECIES, series[0]))
                    .fma(v, v);
            IntVector far = FloatVector.broadcast(SPECIES, 1)
                    .sub(FloatVector.fromArray(SPECIES, power, i))
                    .reinterpretAsInts()
                    .and(~SIGN);
            far.or(v.reinterpretAsInts().and(SIGN))
                    .reinterpretAsFloats()
                    .blend(near, v.abs().min(FloatMath.ERF_ONE).lt(FloatMath.ERF_SPLIT))
                    .intoArray(y, yAt + i);
        }
    }

    /** {@code y = tanh(x)}; both may be the same. */
    void tanh(float[] x, int at, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector.fromArray(SPECIES, x, at + i)
                    .abs()
                    .min(FloatMath.TANH_ONE)
                    .mul(2)
                    .intoArray(power, i);
        }
        exp(power, 0, 0, power, 0, n);
        float[] series = FloatMath.TANH_SERIES;
        for (int i = 0; i < n; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, at + i);
            FloatVector square = v.mul(v);
            FloatVector near = FloatVector.broadcast(SPECIES, series[6])
                    .fma(square, FloatVector.broadcast(SPECIES, series[5]))
                    .fma(square, FloatVector.broadcast(SPECIES, series[4]))
                    .fma(square, FloatVector.broadcast(SPECIES, series[3]))
                    .fma(square, FloatVector.broadcast(SPECIES, series[2]))
                    .fma(square, FloatVector.broadcast(SPECIES, series[1]))
                    .fma(square, FloatVector.broadcast(SPECIES, series[0]))
                    .mul(square)
                    .fma(v, v);
            FloatVector far = FloatVector.broadcast(SPECIES, 1)
                    .sub(FloatVector.broadcast(SPECIES, 2)
                            .div(FloatVector.fromArray(SPECIES, power, i).add(1)));
            far.blend(near, v.abs().min(FloatMath.TANH_ONE).lt(FloatMath.TANH_SPLIT))
                    .reinterpretAsInts()
                    .and(~SIGN)
                    .or(v.reinterpretAsInts().and(SIGN))
                    .reinterpretAsFloats()
                    .intoArray(y, yAt + i);
        }
    }

    /** {@code y = cap tanh(x / cap)}; both may be the same. */
    void softCap(float[] x, int at, float cap, float[] y, int yAt, int n) {
        VectorElements.divide(x, at, cap, argument, 0, n);
        tanh(argument, 0, argument, 0, n);
        VectorElements.scale(argument, 0, cap, y, yAt, n);
    }
}
