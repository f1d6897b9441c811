package dev.touchstone.families;

import dev.touchstone.kernels.Activation;
import java.util.Map;
import java.util.TreeMap;

/** Hugging Face's names of activations, {@code ACT2FN}, as far as they are supported; several mean one formula. */
final class Activations {
    static final Map<String, Activation> BY_NAME = new TreeMap<>(Map.of(
            "gelu", Activation.GELU,
            "gelu_python", Activation.GELU,
            "gelu_new", Activation.GELU_NEW,
            "gelu_pytorch_tanh", Activation.GELU_NEW,
            "gelu_python_tanh", Activation.GELU_NEW,
            "relu", Activation.RELU,
            "silu", Activation.SILU,
            "swish", Activation.SILU));

    private Activations() {}
}
