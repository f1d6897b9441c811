package dev.touchstone.model;

import dev.touchstone.tensor.Tensor;

/** One transformer block: attention and MLP, and how they are joined by the residual stream. */
public sealed interface Block {
    String name();

    /** Before attention. */
    Norm ln1();

    Attention attn();

    /** Before the MLP; null where that reads what {@link #ln1} made. */
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

    /** The same with norms on both sides of attention and MLP, as in Gemma 2. */
    record Sandwiched(String name, Norm ln1, Attention attn, Norm afterAttn, Norm ln2, Mlp mlp, Norm afterMlp)
            implements Block {
        @Override
        public Tensor forward(Tensor x, ForwardPass pass) {
            Tensor attended = attn.forward(ln1.forward(x, pass), pass);
            x = pass.kernels().add(x, afterAttn.forward(attended, pass));
            Tensor made = mlp.forward(ln2.forward(x, pass), pass);
            x = pass.kernels().add(x, afterMlp.forward(made, pass));
            return pass.trace().of(name, x);
        }
    }

    /**
     * Attention and MLP read from the same stream, and are added to it together: GPT-NeoX, Phi.
     *
     * @param ln2 null where the MLP reads what {@code ln1} made
     */
    record Parallel(String name, Norm ln1, Attention attn, Norm ln2, Mlp mlp) implements Block {
        @Override
        public Tensor forward(Tensor x, ForwardPass pass) {
            Tensor normed = ln1.forward(x, pass);
            Tensor attended = attn.forward(normed, pass);
            Tensor made = mlp.forward(ln2 == null ? normed : ln2.forward(x, pass), pass);
            return pass.trace().of(name, pass.kernels().add(pass.kernels().add(made, attended), x));
        }
    }
}
