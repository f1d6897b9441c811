package dev.touchstone.model;

import dev.touchstone.tensor.Tensor;

/** What brings each row to a size that the next layer can expect. */
public sealed interface Norm permits LayerNorm, RmsNorm {
    String name();

    /** (T, C) -> (T, C) */
    Tensor forward(Tensor x, ForwardPass pass);
}
