package dev.touchstone.kernels;

/** Chooses the loops that {@link VectorKernels} run. Called before each task of an operation, by any thread. */
interface LoopSelector extends AutoCloseable {
    /**
     * The loops to run now.
     *
     * @param elements how many elements they will process
     */
    Loops loops(LoopKind kind, int elements);

    /** Ends the selector's thread, if it has one. */
    @Override
    default void close() {}
}
