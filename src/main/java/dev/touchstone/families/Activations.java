package dev.touchstone.families;

import static java.util.Map.entry;

import dev.touchstone.kernels.Activation;
import java.util.Map;

/**
 * The names of activations in {@code ACT2FN} ({@code activations.py} in Hugging Face transformers). Several names mean the same function.
 * {@code prelu} and {@code xielu}, which have weights, are not supported.
 */
final class Activations {
    static final Map<String, Activation> BY_NAME = Map.ofEntries(
            entry("gelu", Activation.GELU),
            entry("gelu_10", Activation.GELU_10),
            entry("gelu_accurate", Activation.GELU_NEW),
            entry("gelu_fast", Activation.GELU_NEW),
            entry("gelu_new", Activation.GELU_NEW),
            entry("gelu_python", Activation.GELU),
            entry("gelu_python_tanh", Activation.GELU_NEW),
            entry("gelu_pytorch_tanh", Activation.GELU_NEW),
            entry("hardswish", Activation.HARD_SWISH),
            entry("laplace", Activation.LAPLACE),
            entry("leaky_relu", Activation.LEAKY_RELU),
            entry("linear", Activation.LINEAR),
            entry("mish", Activation.MISH),
            entry("quick_gelu", Activation.QUICK_GELU),
            entry("relu", Activation.RELU),
            entry("relu2", Activation.RELU_SQUARED),
            entry("relu6", Activation.RELU6),
            entry("sigmoid", Activation.SIGMOID),
            entry("silu", Activation.SILU),
            entry("sqrtsoftplus", Activation.SQRT_SOFTPLUS),
            entry("swish", Activation.SILU),
            entry("tanh", Activation.TANH));

    private Activations() {}
}
