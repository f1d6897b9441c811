package dev.touchstone.weights;

/** Receives how much of a model has been loaded. */
@FunctionalInterface
public interface Progress {
    /** Does nothing. */
    Progress OFF = (done, total) -> {};

    /** Called after each tensor: bytes of tensors read so far, of {@code total}. */
    void bytes(long done, long total);
}
