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
    };

    /** The function of one element. */
    public abstract float of(float x);
}
