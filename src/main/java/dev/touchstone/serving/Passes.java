package dev.touchstone.serving;

import java.util.function.Supplier;

/** Runs the forward passes of an engine, for example in turn with those of other users of the model's kernels. */
public interface Passes {
    /** Calls {@code pass} and returns its result. */
    <T> T run(Supplier<T> pass);
}
