package dev.touchstone.model;

import dev.touchstone.kernels.Kernels;

/**
 * What every layer needs to know of the pass it takes part in: who computes, who watches, whose tokens these are, and by
 * how much their queries and keys are turned.
 */
record ForwardPass(Kernels kernels, Trace trace, Batch batch, Rotary.Turn turn) {}
