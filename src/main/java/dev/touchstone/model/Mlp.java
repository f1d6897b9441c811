package dev.touchstone.model;

import dev.touchstone.kernels.Activation;
import dev.touchstone.tensor.Tensor;

/** The feed-forward layer: up projection, activation, down projection, for each token independently. */
public sealed interface Mlp extends FeedForward {
    /**
     * An activation function and its tap.
     *
     * @param name the module path and tap name, such as {@code h.0.mlp.act}
     */
    record NamedActivation(String name, Activation function) {
        /** (T, I) -> (T, I) */
        Tensor forward(Tensor x, ForwardPass pass) {
            return pass.trace().of(name, pass.kernels().activate(x, function));
        }
    }

    /**
     * The module path and tap name of the output; null if up and down projection are modules of the block itself, as in OPT:
     * then the tap of the output is that of {@link #down}.
     */
    @Override
    String name();

    @Override
    default String tap() {
        return name() == null ? down().name() : name();
    }

    Linear up();

    Linear down();

    /** {@code down(act(up(x)))} */
    record Plain(String name, Linear up, NamedActivation activation, Linear down) implements Mlp {
        @Override
        public Tensor forward(Tensor x, ForwardPass pass) {
            Tensor y = down.forward(activation.forward(up.forward(x, pass), pass), pass);
            return name == null ? y : pass.trace().of(name, y);
        }
    }

    /**
     * {@link Gated} with one matrix for gate and up projection, in this order: Phi-3.
     *
     * @param up both projections. (C, 2 I)
     */
    record GatedFused(String name, Linear up, NamedActivation activation, Linear down) implements Mlp {
        @Override
        public Tensor forward(Tensor x, ForwardPass pass) {
            Tensor both = up.forward(x, pass);
            int inner = both.size(-1) / 2;
            Tensor gate = pass.kernels().columns(both, 0, inner, 2 * inner);
            Tensor h = pass.kernels()
                    .multiply(activation.forward(gate, pass), pass.kernels().columns(both, inner, inner, 2 * inner));
            return pass.trace().of(name, down.forward(h, pass));
        }
    }

    /** {@code down(act(gate(x)) * up(x))}: SwiGLU with SiLU, GeGLU with GELU (Shazeer, 2020). */
    record Gated(String name, Linear gate, NamedActivation activation, Linear up, Linear down) implements Mlp {
        @Override
        public Tensor forward(Tensor x, ForwardPass pass) {
            Tensor gated = activation.forward(gate.forward(x, pass), pass);
            Tensor h = pass.kernels().multiply(gated, up.forward(x, pass));
            return pass.trace().of(name, down.forward(h, pass));
        }
    }
}
