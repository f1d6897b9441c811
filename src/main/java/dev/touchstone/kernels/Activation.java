package dev.touchstone.kernels;

/** An activation function of an MLP. */
public enum Activation {
    /** {@code max(0, x)} */
    RELU {
        @Override
        public float of(float x) {
            return FloatMath.relu(x);
        }
    },
    /** {@code x Phi(x)} by the error function: PyTorch's {@code gelu} (Hendrycks and Gimpel, 2016). */
    GELU {
        @Override
        public float of(float x) {
            return FloatMath.gelu(x);
        }
    },
    /** The approximation of GELU by tanh, used by GPT-2: Hugging Face's {@code gelu_new}. */
    GELU_NEW {
        @Override
        public float of(float x) {
            return FloatMath.geluNew(x);
        }
    },
    /** {@code x sigmoid(x)}: PyTorch's {@code silu}, also called swish (Ramachandran et al., 2017). */
    SILU {
        @Override
        public float of(float x) {
            return FloatMath.silu(x);
        }
    },
    /** {@code x sigmoid(1.702 x)}: Hugging Face's {@code quick_gelu}. */
    QUICK_GELU {
        @Override
        public float of(float x) {
            return FloatMath.quickGelu(x);
        }
    },
    /** {@link #GELU} limited to {@code [-10, 10]}: Hugging Face's {@code gelu_10}. */
    GELU_10 {
        @Override
        public float of(float x) {
            return FloatMath.gelu10(x);
        }
    },
    /** {@code 1 / (1 + exp(-x))} */
    SIGMOID {
        @Override
        public float of(float x) {
            return FloatMath.sigmoid(x);
        }
    },
    /** {@code tanh(x)} */
    TANH {
        @Override
        public float of(float x) {
            return FloatMath.tanh(x);
        }
    },
    /** {@code x} */
    LINEAR {
        @Override
        public float of(float x) {
            return x;
        }
    },
    /** {@code max(0, x)²} (So et al., 2021): Hugging Face's {@code relu2}. */
    RELU_SQUARED {
        @Override
        public float of(float x) {
            return FloatMath.reluSquared(x);
        }
    },
    /** {@code max(0, x)}, at most 6 */
    RELU6 {
        @Override
        public float of(float x) {
            return FloatMath.relu6(x);
        }
    },
    /** {@code x}, or {@code 0.01 x} for negative {@code x} */
    LEAKY_RELU {
        @Override
        public float of(float x) {
            return FloatMath.leakyRelu(x);
        }
    },
    /** {@code x relu6(x + 3) / 6} (Howard et al., 2019) */
    HARD_SWISH {
        @Override
        public float of(float x) {
            return FloatMath.hardSwish(x);
        }
    },
    /** {@code x tanh(ln(1 + exp(x)))} (Misra, 2019) */
    MISH {
        @Override
        public float of(float x) {
            return FloatMath.mish(x);
        }
    },
    /** {@code (1 + erf((x - 0.707107) / (0.282095 sqrt 2))) / 2} (Ma et al., 2022) */
    LAPLACE {
        @Override
        public float of(float x) {
            return FloatMath.laplace(x);
        }
    },
    /** {@code sqrt(ln(1 + exp(x)))} */
    SQRT_SOFTPLUS {
        @Override
        public float of(float x) {
            return FloatMath.sqrtSoftplus(x);
        }
    };

    /** The function of one element. */
    public abstract float of(float x);
}
