package dev.touchstone.model;

import dev.touchstone.kernels.Activation;
import dev.touchstone.tensor.Tensor;

/** Out to a wider space, a non-linearity there, and back: each token by itself. */
public record Mlp(String name, Linear up, NamedActivation activation, Linear down) {
    /** The non-linearity and the name of its tap. */
    public record NamedActivation(String name, Activation function) {}

    /** (T, C) -> (T, C) */
    Tensor forward(Tensor x, ForwardPass pass) {
        Tensor h = up.forward(x, pass);
        h = pass.trace().of(activation.name, pass.kernels().activate(h, activation.function));
        return pass.trace().of(name, down.forward(h, pass));
    }
}
