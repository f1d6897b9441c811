package dev.touchstone.weights;

/** Whoever waits for a model to load. */
@FunctionalInterface
public interface Progress {
    /** Nobody waits. */
    Progress OFF = (done, total) -> {};

    /** Called after each tensor, in order: bytes read so far, of {@code total}. */
    void bytes(long done, long total);
}
