package dev.touchstone.kernels;

/** When {@link VectorKernels} run the loops of the Vector API, and when plain loops, which return the same bits. */
public enum VectorUse {
    /** From the first call on. Until the JVM has compiled them, vector loops are a hundred times slower than plain ones. */
    ALWAYS,
    /** Never: plain loops on several threads. */
    NEVER,
    /**
     * Each kind of loop as soon as the JVM has compiled it and it is the faster one. Until then plain loops run, while a thread
     * of the kernels calls the vector loops so that they are compiled.
     */
    ONCE_COMPILED
}
