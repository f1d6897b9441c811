package dev.touchstone.kernels;

/** Chooses the loops that {@link VectorKernels} run; asked before each part of an operation. Any thread may ask. */
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
