package dev.touchstone.model;

import dev.touchstone.tensor.Tensor;

/** A normalization of each token's vector. */
public sealed interface Norm permits LayerNorm, RmsNorm {
    /** The module path and tap name. */
    String name();

    /** (T, C) -> (T, C) */
    Tensor forward(Tensor x, ForwardPass pass);
}
