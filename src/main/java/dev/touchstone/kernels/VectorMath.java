package dev.touchstone.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** {@link FloatMath} for a vector of elements, step by step the same: what the steps are for is said there. */
final class VectorMath {
    private static final int SIGN = 0x80000000;

    private VectorMath() {}

    static FloatVector of(Activation activation, FloatVector x) {
        return switch (activation) {
            case RELU -> x.max(0);
            case GELU -> gelu(x);
            case GELU_NEW -> geluNew(x);
            case SILU -> x.div(exp(x.neg()).add(1));
        };
    }

    static FloatVector exp(FloatVector x) {
        return exp(x.min(FloatMath.EXP_MAX).max(FloatMath.EXP_MIN), all(0));
    }

    private static FloatVector exp(FloatVector x, FloatVector more) {
        FloatVector rounded = x.add(more).fma(all(FloatMath.LOG2_E), all(FloatMath.ROUND));
        FloatVector n = rounded.sub(FloatMath.ROUND);
        FloatVector high = n.fma(all(-FloatMath.LN2_HIGH), x).add(more);
        FloatVector r = n.fma(all(-FloatMath.LN2_LOW), high);
        FloatVector low = n.fma(all(-FloatMath.LN2_LOW), high.sub(r));
        FloatVector q = all(FloatMath.EXP_6).fma(r, all(FloatMath.EXP_5));
        q = q.fma(r, all(FloatMath.EXP_4));
        q = q.fma(r, all(FloatMath.EXP_3));
        q = q.fma(r, all(FloatMath.EXP_2));
        FloatVector power = r.add(q.fma(r.mul(r), low)).add(1);
        IntVector exponent = rounded.reinterpretAsInts().sub(Float.floatToRawIntBits(FloatMath.ROUND));
        IntVector half = exponent.lanewise(VectorOperators.ASHR, 1);
        return power.mul(powerOfTwo(half)).mul(powerOfTwo(exponent.sub(half)));
    }

    static FloatVector erf(FloatVector x) {
        FloatVector z = x.abs().min(FloatMath.ERF_ONE);
        FloatVector near = x.fma(polynomial(FloatMath.ERF_SERIES, x.mul(x)), x);
        FloatVector far =
                all(1).sub(exp(z.mul(-2), polynomial(FloatMath.ERF_TAIL, z).neg()));
        return withSign(far, x).blend(near, z.lt(FloatMath.ERF_SPLIT));
    }

    static FloatVector tanh(FloatVector x) {
        FloatVector z = x.abs().min(FloatMath.TANH_ONE);
        FloatVector square = x.mul(x);
        FloatVector near = x.fma(square.mul(polynomial(FloatMath.TANH_SERIES, square)), x);
        FloatVector far = all(1).sub(all(2).div(exp(z.mul(2)).add(1)));
        return withSign(far.blend(near, z.lt(FloatMath.TANH_SPLIT)), x);
    }

    static FloatVector softCap(FloatVector x, float cap) {
        return tanh(x.div(cap)).mul(cap);
    }

    static FloatVector gelu(FloatVector x) {
        return x.mul(0.5f).mul(erf(x.mul(FloatMath.SQRT_HALF)).add(1));
    }

    static FloatVector geluNew(FloatVector x) {
        FloatVector twice = x.mul(x.mul(x).fma(all(FloatMath.GELU_NEW_3), all(FloatMath.GELU_NEW_1)));
        return x.div(exp(twice).add(1));
    }

    private static FloatVector polynomial(float[] coefficients, FloatVector x) {
        FloatVector sum = all(coefficients[coefficients.length - 1]);
        for (int i = coefficients.length - 2; i >= 0; i--) {
            sum = sum.fma(x, all(coefficients[i]));
        }
        return sum;
    }

    private static FloatVector powerOfTwo(IntVector n) {
        return n.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
    }

    /** {@link Math#copySign}, lane by lane. */
    private static FloatVector withSign(FloatVector magnitude, FloatVector sign) {
        IntVector bits = magnitude.reinterpretAsInts().and(~SIGN);
        return bits.or(sign.reinterpretAsInts().and(SIGN)).reinterpretAsFloats();
    }

    private static FloatVector all(float x) {
        return FloatVector.broadcast(VectorTiles.SPECIES, x);
    }
}
