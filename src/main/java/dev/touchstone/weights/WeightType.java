package dev.touchstone.weights;

import dev.touchstone.checkpoint.safetensors.DType;

/** What type matrices of weights have in memory. The bits of every result are the same. */
public enum WeightType {
    /** The type in which the checkpoint stores them: 16 bits stay 16 bits. */
    STORED,
    /** Float32: twice the memory of 16 bits, and slower to read. */
    FLOAT32;

    /** What an element of a tensor stored as {@code dtype} takes in memory. */
    int bytes(DType dtype) {
        return this == STORED ? Math.min(Float.BYTES, dtype.bits() / 8) : Float.BYTES;
    }
}
