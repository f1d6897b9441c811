package dev.touchstone.model;

import dev.touchstone.tensor.Tensor;

/**
 * Whoever watches a forward pass. A tap is an identity function: a layer hands its output over and goes on with what it
 * gets back. {@code new LinkedHashMap<String, Tensor>()::put} is already a trace.
 */
@FunctionalInterface
public interface Trace {
    /** Nobody watches. */
    Trace OFF = (name, value) -> {};

    /**
     * Called once for each tap, in order of computation.
     *
     * @param name the path of the module in Hugging Face's {@code named_modules()}, such as {@code h.0.mlp.c_fc}, or a
     *     point inside attention, such as {@code h.0.attn.scores}
     * @param value what the layer made; it never changes afterwards, so it may be kept without a copy
     */
    void see(String name, Tensor value);

    /** Shows {@code value} and returns what the forward pass goes on with: the same value, unless a test swaps it. */
    default Tensor of(String name, Tensor value) {
        see(name, value);
        return value;
    }
}
