package dev.touchstone.weights;

import java.util.List;

/** The tensors of a checkpoint, in one file or several. */
public interface StoredTensors extends AutoCloseable {
    /** The file that lists the tensors, for messages. */
    String place();

    /** All tensors, each name once. */
    List<? extends StoredTensor> all();

    /** The name by which the model requests a tensor, with or without the family's prefix. */
    default String nameInModel(StoredTensor tensor) {
        return tensor.name();
    }

    /** Closes the files. */
    @Override
    void close();
}
