package dev.touchstone.model;

import dev.touchstone.kernels.Activation;
import dev.touchstone.tensor.Tensor;

/** Out to a wider space, a non-linearity there, and back: each token by itself. */
public sealed interface Mlp {
    /** The non-linearity and the name of its tap. */
    record NamedActivation(String name, Activation function) {
        Tensor forward(Tensor x, ForwardPass pass) {
            return pass.trace().of(name, pass.kernels().activate(x, function));
        }
    }

    /** Null where up and down are no module together, but stand in the block itself. */
    String name();

    NamedActivation activation();

    Linear up();

    Linear down();

    /** (T, C) -> (T, C) */
    Tensor forward(Tensor x, ForwardPass pass);

    /** {@code down(act(up x))} */
    record Plain(String name, Linear up, NamedActivation activation, Linear down) implements Mlp {
        @Override
        public Tensor forward(Tensor x, ForwardPass pass) {
            Tensor y = down.forward(activation.forward(up.forward(x, pass), pass), pass);
            return name == null ? y : pass.trace().of(name, y);
        }
    }

    /** {@code down(act(gate x) * up x)}: SwiGLU with SiLU, GeGLU with GELU (Shazeer, 2020). */
    record Gated(String name, Linear gate, NamedActivation activation, Linear up, Linear down) implements Mlp {
        @Override
        public Tensor forward(Tensor x, ForwardPass pass) {
            Tensor open = activation.forward(gate.forward(x, pass), pass);
            Tensor h = pass.kernels().multiply(open, up.forward(x, pass));
            return pass.trace().of(name, down.forward(h, pass));
        }
    }
}
