package dev.touchstone.kernels;

/** The non-linearity between the two layers of an MLP. */
public enum Activation {
    /** {@code max(0, x)} */
    RELU {
        @Override
        public float of(float x) {
            return FloatMath.relu(x);
        }
    },
    /** {@code x Phi(x)}, with the error function: PyTorch's {@code gelu}. */
    GELU {
        @Override
        public float of(float x) {
            return FloatMath.gelu(x);
        }
    },
    /** The approximation of GELU with tanh that GPT-2 was trained with: Hugging Face's {@code gelu_new}. */
    GELU_NEW {
        @Override
        public float of(float x) {
            return FloatMath.geluNew(x);
        }
    },
    /** {@code x sigmoid(x)}: PyTorch's {@code silu}, the paper's swish. */
    SILU {
        @Override
        public float of(float x) {
            return FloatMath.silu(x);
        }
    };

    public abstract float of(float x);
}
