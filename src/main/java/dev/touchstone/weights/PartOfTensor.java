package dev.touchstone.weights;

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

    @Override
    default long bytes() {
        return whole().bytes() * elements() / whole().elements();
    }
}
