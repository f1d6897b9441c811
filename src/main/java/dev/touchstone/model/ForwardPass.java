package dev.touchstone.model;

import dev.touchstone.kernels.Kernels;

/** What every layer needs to know of the pass it takes part in: who computes, who watches, and whose tokens these are. */
record ForwardPass(Kernels kernels, Trace trace, Batch batch) {}
