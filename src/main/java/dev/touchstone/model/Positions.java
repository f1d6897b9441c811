package dev.touchstone.model;

import dev.touchstone.tensor.Tensor;

/** What is added to a token's embedding for where the token stands. */
public sealed interface Positions permits PositionTable, Sinusoids {
    /** (T) -> (T, C) */
    Tensor forward(int[] positions, ForwardPass pass);
}
