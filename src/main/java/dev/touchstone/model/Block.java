package dev.touchstone.model;

import dev.touchstone.tensor.Tensor;

/** One transformer block: attention, then MLP, each added to the residual stream it read from. */
public record Block(String name, LayerNorm ln1, Attention attn, LayerNorm ln2, Mlp mlp) {
    /** (T, C) -> (T, C) */
    Tensor forward(Tensor x, ForwardPass pass) {
        x = pass.kernels().add(x, attn.forward(ln1.forward(x, pass), pass));
        x = pass.kernels().add(x, mlp.forward(ln2.forward(x, pass), pass));
        return pass.trace().of(name, x);
    }
}
