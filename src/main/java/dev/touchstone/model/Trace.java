package dev.touchstone.model;

import dev.touchstone.tensor.Tensor;

/**
 * Receives the intermediate tensors of a forward pass, like PyTorch's forward hooks. Each layer passes its output to
 * {@link #of} and continues with the tensor that it returns. {@code new LinkedHashMap<String, Tensor>()::put} is a trace.
 */
@FunctionalInterface
public interface Trace {
    /**
     * Ignores every tensor. With this trace the forward pass does not materialize scores and probabilities, and it reuses the
     * arrays of a block's tensors when the next block is done.
     */
    Trace OFF = (name, value) -> {};

    /**
     * Called once for each tap, in order of computation.
     *
     * @param name the path of the module in Hugging Face's {@code named_modules()}, such as {@code h.0.mlp.c_fc}, or a
     *     point inside attention, such as {@code h.0.attn.scores}
     * @param value the output of the layer; it may be kept without a copy, since a pass with any trace but
     *     {@link #OFF} does not write to a tensor after the operation that made it
     */
    void see(String name, Tensor value);

    /** Calls {@link #see} and returns the tensor with which the forward pass continues: {@code value}, unless overridden. */
    default Tensor of(String name, Tensor value) {
        see(name, value);
        return value;
    }
}
