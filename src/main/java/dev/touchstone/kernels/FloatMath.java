package dev.touchstone.kernels;

/**
 * Elementary functions as fixed sequences of float operations. The results of {@link Math} may differ between machines, and
 * those of the Vector API differ from both; these have the same bits for scalars and for vectors of any width. The polynomials
 * are minimax fits made for this project. Errors are in units in the last place (ulp) of the exact value; a test measures them
 * over all floats.
 */
final class FloatMath {
    static final float LOG2_E = 1.44269504f;
    /** ln 2 in two parts: the first has so few bits that its product with an exponent is exact. */
    static final float LN2_HIGH = 0.693359375f;

    static final float LN2_LOW = -2.12194440e-4f;
    /** 1.5 * 2^23: adding it rounds to the nearest integer, and leaves that integer in the low bits. */
    static final float ROUND = 12582912f;
    /** Above this, exp is infinite in float. */
    static final float EXP_MAX = 100f;

    /** Below this, exp is zero in float. */
    static final float EXP_MIN = -120f;

    static final float EXP_2 = 0.5f;
    static final float EXP_3 = 0.16666512f;
    static final float EXP_4 = 0.041666187f;
    static final float EXP_5 = 0.0083695985f;
    static final float EXP_6 = 0.0013951720f;

    /** {@code -2 sqrt(2 / pi)} and 0.044715 times that: the argument of gelu_new's tanh, times -2. */
    static final float GELU_NEW_1 = -1.5957691f;

    static final float GELU_NEW_3 = -0.071354814f;
    static final float QUICK_GELU = -1.702f;
    /** {@code 0.282095 sqrt 2} */
    static final float LAPLACE_SIGMA = 0.39894257f;

    static final float SQRT_HALF = 0.70710677f;

    /** Below this erf is computed by its series, above it by its tail. */
    static final float ERF_SPLIT = 0.875f;

    static final float[] ERF_SERIES = {
        0.12837917f, -0.37612635f, 0.11283701f, -0.02685968f, 0.0052016559f, -8.1491127e-4f, 8.3948253e-5f
    };
    static final float[] ERF_TAIL = {
        1.9713941e-4f, -0.87233043f, 0.63719243f, 0.10392266f, -0.02222261f, 0.0030421359f, -1.9582696e-4f
    };
    /** erf is 1 in float from here on. */
    static final float ERF_ONE = 3.95f;

    /** Below this tanh is computed by its series, above it from exp. */
    static final float TANH_SPLIT = 0.9f;

    static final float[] TANH_SERIES = {
        -0.33333322f, 0.13332978f, -0.053929303f, 0.021663547f, -0.00826455f, 0.0025826728f, -0.0004554616f
    };
    /** tanh is 1 in float from here on. */
    static final float TANH_ONE = 10f;

    private static final double TWO_OVER_PI = 2 / Math.PI;
    /** pi / 2 as an unevaluated sum of two doubles. */
    private static final double HALF_PI_HIGH = Math.PI / 2;

    private static final double HALF_PI_LOW = 6.123233995736766e-17;

    private FloatMath() {}

    /** {@code e^x}: {@code 2^n e^r} with {@code |r| <= ln 2 / 2}. Error below 1 ulp, denormal results included. */
    static float exp(float x) {
        return exp(Math.max(EXP_MIN, Math.min(EXP_MAX, x)), 0);
    }

    /** {@code e^(x + more)}, more exact than {@code exp} of the rounded sum. */
    private static float exp(float x, float more) {
        float rounded = Math.fma(x + more, LOG2_E, ROUND);
        float n = rounded - ROUND;
        float high = Math.fma(n, -LN2_HIGH, x) + more;
        float r = Math.fma(n, -LN2_LOW, high);
        float low = Math.fma(n, -LN2_LOW, high - r); // the rounding error of r
        float q = Math.fma(EXP_6, r, EXP_5);
        q = Math.fma(q, r, EXP_4);
        q = Math.fma(q, r, EXP_3);
        q = Math.fma(q, r, EXP_2);
        float power = r + Math.fma(q, r * r, low) + 1;
        // In two steps: 2^n may be outside the range of float although the result is not.
        int exponent = Float.floatToRawIntBits(rounded) - Float.floatToRawIntBits(ROUND);
        int half = exponent >> 1;
        return power * powerOfTwo(half) * powerOfTwo(exponent - half);
    }

    private static float powerOfTwo(int n) {
        return Float.intBitsToFloat((n + 127) << 23);
    }

    /** The error function: {@code x + x P(x²)} near zero, {@code 1 - exp(-2x - Q(x))} further out. Error below 1 ulp. */
    static float erf(float x) {
        float z = Math.min(Math.abs(x), ERF_ONE);
        float near = Math.fma(x, polynomial(ERF_SERIES, x * x), x);
        float far = Math.copySign(1 - exp(-2 * z, -polynomial(ERF_TAIL, z)), x);
        return z < ERF_SPLIT ? near : far;
    }

    /** {@code x + x³ P(x²)} near zero, {@code 1 - 2 / (exp(2x) + 1)} further out. Error below 1 ulp. */
    static float tanh(float x) {
        float z = Math.min(Math.abs(x), TANH_ONE);
        float square = x * x;
        float near = Math.fma(x, square * polynomial(TANH_SERIES, square), x);
        float far = 1 - 2 / (exp(2 * z) + 1);
        return Math.copySign(z < TANH_SPLIT ? near : far, x);
    }

    /** {@code cap tanh(x / cap)} */
    static float softCap(float x, float cap) {
        return cap * tanh(x / cap);
    }

    /** {@code sin(x)}, in double, since large angles are too coarse in float. Error below 2^-50. */
    static double sin(double x) {
        return quarter(x, 0);
    }

    /** {@code cos(x) = sin(x + pi / 2)}. Error below 2^-50. */
    static double cos(double x) {
        return quarter(x, 1);
    }

    /** {@code sin(x + turns * pi / 2)}: Taylor's series after a reduction to a quarter of a turn around zero. */
    private static double quarter(double x, int turns) {
        double n = Math.rint(x * TWO_OVER_PI);
        double r = Math.fma(-n, HALF_PI_LOW, Math.fma(-n, HALF_PI_HIGH, x));
        int quadrant = (int) ((long) n + turns & 3);
        double value = (quadrant & 1) == 0 ? series(r, r, 2) : series(r, 1, 1);
        return (quadrant & 2) == 0 ? value : -value;
    }

    /** {@code first (1 - r² / (k (k + 1)) (1 - r² / ((k + 2) (k + 3)) (1 - ...)))}, evaluated from the last term. */
    private static double series(double r, double first, int k) {
        double sum = 1;
        for (int i = k + 16; i >= k; i -= 2) {
            sum = 1 - r * r / (i * (i + 1)) * sum;
        }
        return first * sum;
    }

    private static float polynomial(float[] coefficients, float x) {
        float sum = coefficients[coefficients.length - 1];
        for (int i = coefficients.length - 2; i >= 0; i--) {
            sum = Math.fma(sum, x, coefficients[i]);
        }
        return sum;
    }

    static float relu(float x) {
        return Math.max(0, x);
    }

    /** {@code x (1 + erf(x / sqrt 2)) / 2} */
    static float gelu(float x) {
        return 0.5f * x * (1 + erf(x * SQRT_HALF));
    }

    /**
     * {@code x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x³))) / 2}, computed as {@code x / (1 + exp(-2 ...))}, which is the same
     * function without the cancellation of {@code 1 + tanh} for negative {@code x}.
     */
    static float geluNew(float x) {
        float twice = x * Math.fma(GELU_NEW_3, x * x, GELU_NEW_1);
        return x / (1 + exp(twice));
    }

    /** {@code x / (1 + exp(-x))}, also called swish. */
    static float silu(float x) {
        return x / (1 + exp(-x));
    }

    /** {@code x / (1 + exp(-1.702 x))} */
    static float quickGelu(float x) {
        return x / (1 + exp(QUICK_GELU * x));
    }

    static float gelu10(float x) {
        return Math.min(10, Math.max(-10, gelu(x)));
    }

    static float sigmoid(float x) {
        return 1 / (1 + exp(-x));
    }

    static float reluSquared(float x) {
        return relu(x) * relu(x);
    }

    static float relu6(float x) {
        return Math.min(6, relu(x));
    }

    static float leakyRelu(float x) {
        return x > 0 ? x : 0.01f * x;
    }

    static float hardSwish(float x) {
        return x * relu6(x + 3) / 6;
    }

    /** {@code tanh(ln(1 + e)) = e (e + 2) / (e (e + 2) + 2)} with {@code e = exp(x)}, which is 1 in float from 20 on. */
    static float mish(float x) {
        float e = exp(Math.min(x, 20));
        float n = e * (e + 2);
        return x * (n / (n + 2));
    }

    static float laplace(float x) {
        return 0.5f * (1 + erf((x - 0.707107f) / LAPLACE_SIGMA));
    }

    /** In double, by {@link StrictMath}, whose results are the same everywhere. From 20 on {@code ln(1 + exp(x))} is {@code x} in float. */
    static float sqrtSoftplus(float x) {
        return (float) Math.sqrt(x > 20 ? x : StrictMath.log1p(StrictMath.exp(x)));
    }
}
