package dev.touchstone.model;

import dev.touchstone.tensor.Tensor;

/** Absolute position embeddings, which are added to the token embeddings. */
public sealed interface Positions permits PositionTable, Sinusoids {
    /** The tap name. */
    String name();

    /** The embeddings of positions, counted from 0 in each sequence. (T) -> (T, C) */
    Tensor forward(int[] positions, ForwardPass pass);
}
