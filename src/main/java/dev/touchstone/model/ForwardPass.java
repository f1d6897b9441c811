package dev.touchstone.model;

import dev.touchstone.kernels.Kernels;

/**
 * The context of one forward pass, which is passed to every layer.
 *
 * @param kernels the arithmetic
 * @param trace receives the output of every layer
 * @param batch the tokens and caches of the sequences
 * @param rotation the rotary embedding of queries and keys of the layer; {@link Rotary.Rotation#NONE} if it has none
 */
record ForwardPass(Kernels kernels, Trace trace, Batch batch, Rotary.Rotation rotation) {}
