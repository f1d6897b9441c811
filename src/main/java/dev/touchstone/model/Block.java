package dev.touchstone.model;

import dev.touchstone.tensor.Tensor;

/** One transformer block: attention and MLP, and how they are joined by the residual stream. */
public sealed interface Block {
    String name();

    Norm ln1();

    Attention attn();

    Norm ln2();

    Mlp mlp();

    /** (T, C) -> (T, C) */
    Tensor forward(Tensor x, ForwardPass pass);

    /** Attention, then MLP, each added to the residual stream it read from. */
    record Sequential(String name, Norm ln1, Attention attn, Norm ln2, Mlp mlp) implements Block {
        @Override
        public Tensor forward(Tensor x, ForwardPass pass) {
            x = pass.kernels().add(x, attn.forward(ln1.forward(x, pass), pass));
            x = pass.kernels().add(x, mlp.forward(ln2.forward(x, pass), pass));
            return pass.trace().of(name, x);
        }
    }
}
