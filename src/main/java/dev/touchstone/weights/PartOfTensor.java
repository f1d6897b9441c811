package dev.touchstone.weights;

import dev.touchstone.tensor.Matrix;

/** Some of the elements of a stored tensor. Name, file and type are those of the whole tensor. */
interface PartOfTensor extends StoredTensor {
    StoredTensor whole();

    @Override
    default String name() {
        return whole().name();
    }

    @Override
    default String file() {
        return whole().file();
    }

    @Override
    default String typeName() {
        return whole().typeName();
    }

    @Override
    default boolean isFloat() {
        return whole().isFloat();
    }

    /** Quantised weights become float32, because their blocks may not be whole here. */
    @Override
    default Matrix.Type matrixType() {
        Matrix.Type type = whole().matrixType();
        return type == Matrix.Type.QUANTIZED ? Matrix.Type.FLOAT32 : type;
    }

    @Override
    default long bytes() {
        return whole().bytes() * elements() / whole().elements();
    }
}
