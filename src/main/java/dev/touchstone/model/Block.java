package dev.touchstone.model;

import dev.touchstone.tensor.Tensor;

/** One transformer block: attention and MLP, and how their outputs are added to the residual stream. */
public sealed interface Block {
    /** The module path and tap name of the output, such as {@code h.0}. */
    String name();

    /** The norm before attention; null if attention reads the residual stream. */
    Norm ln1();

    Attention attn();

    /** The norm before the MLP; null if the MLP reads the residual stream, or in a parallel block the output of {@link #ln1}. */
    Norm ln2();

    FeedForward mlp();

    /** A factor on the outputs of attention and MLP before they are added to the residual stream: Granite. */
    default float multiplier() {
        return 1;
    }

    /** From the residual stream before the block to the residual stream after it. (T, C) -> (T, C) */
    Tensor forward(Tensor x, ForwardPass pass);

    /** Attention, then the MLP, each added to the residual stream: pre-norm, as in GPT-2 and Llama. */
    record Sequential(String name, Norm ln1, Attention attn, Norm ln2, FeedForward mlp, float multiplier)
            implements Block {
        /** Without a multiplier. */
        public Sequential(String name, Norm ln1, Attention attn, Norm ln2, FeedForward mlp) {
            this(name, ln1, attn, ln2, mlp, 1);
        }

        @Override
        public Tensor forward(Tensor x, ForwardPass pass) {
            x = pass.kernels().add(x, multiplied(attn.forward(ln1.forward(x, pass), pass), pass));
            x = pass.kernels().add(x, multiplied(mlp.forward(ln2.forward(x, pass), pass), pass));
            return pass.trace().of(name, x);
        }

        private Tensor multiplied(Tensor y, ForwardPass pass) {
            return multiplier == 1 ? y : pass.kernels().scale(y, multiplier);
        }
    }

    /**
     * Attention, then the MLP, each normed before and after, as in Gemma 2, or only after, as in OLMo 2.
     *
     * @param ln1 null if attention reads the residual stream
     * @param afterAttn applied to the attention output before it is added to the residual stream
     * @param ln2 null if the MLP reads the residual stream
     * @param afterMlp applied to the MLP output before it is added to the residual stream
     */
    record Sandwiched(String name, Norm ln1, Attention attn, Norm afterAttn, Norm ln2, FeedForward mlp, Norm afterMlp)
            implements Block {
        @Override
        public Tensor forward(Tensor x, ForwardPass pass) {
            Tensor attended = attn.forward(ln1 == null ? x : ln1.forward(x, pass), pass);
            x = pass.kernels().add(x, afterAttn.forward(attended, pass));
            Tensor made = mlp.forward(ln2 == null ? x : ln2.forward(x, pass), pass);
            x = pass.kernels().add(x, afterMlp.forward(made, pass));
            return pass.trace().of(name, x);
        }
    }

    /**
     * Attention, then the MLP, each added to the stream, and the sum normed: post-norm (Vaswani et al., 2017), as in OPT-350M.
     *
     * @param afterAttn applied to the sum of the stream and the attention output
     * @param afterMlp applied to the sum of the stream and the MLP output; its output is that of the block
     */
    record PostNorm(String name, Attention attn, Norm afterAttn, FeedForward mlp, Norm afterMlp) implements Block {
        @Override
        public Norm ln1() {
            return null;
        }

        @Override
        public Norm ln2() {
            return null;
        }

        @Override
        public Tensor forward(Tensor x, ForwardPass pass) {
            x = afterAttn.forward(pass.kernels().add(x, attn.forward(x, pass)), pass);
            x = afterMlp.forward(pass.kernels().add(x, mlp.forward(x, pass)), pass);
            return pass.trace().of(name, x);
        }
    }

    /**
     * Attention and MLP read the same residual stream, and both outputs are added to it: GPT-J, GPT-NeoX, Phi.
     *
     * @param ln2 null if the MLP reads the output of {@code ln1}
     */
    record Parallel(String name, Norm ln1, Attention attn, Norm ln2, FeedForward mlp) implements Block {
        @Override
        public Tensor forward(Tensor x, ForwardPass pass) {
            Tensor normed = ln1.forward(x, pass);
            Tensor attended = attn.forward(normed, pass);
            Tensor made = mlp.forward(ln2 == null ? normed : ln2.forward(x, pass), pass);
            return pass.trace().of(name, pass.kernels().add(pass.kernels().add(made, attended), x));
        }
    }
}
