package dev.touchstone.weights;

import dev.touchstone.tensor.Matrix;

/** The type of weight matrices in memory. The bits of every result are the same. */
public enum WeightType {
    /** The type in which the checkpoint stores them: 16 bits stay 16 bits, and 64 bits are rounded to 32. */
    STORED,
    /** Float32: twice the memory of 16 bits, and slower to read. */
    FLOAT32;

    /** How many bytes an element takes in memory if a matrix of type {@code stored} holds it as it is. */
    int bytes(Matrix.Type stored) {
        return this == STORED && stored != Matrix.Type.FLOAT32 ? Short.BYTES : Float.BYTES;
    }
}
