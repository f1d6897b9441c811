package dev.touchstone.weights;

import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Quantization;
import dev.touchstone.tensor.QuantizedBlock;
import dev.touchstone.util.TouchstoneException;
import java.util.Arrays;
import java.util.List;

/** A tensor in a file of any format. Its elements stay in the file until a {@link Reader} reads them. */
public interface StoredTensor {
    /** Its name in the file. */
    String name();

    /** The name of the file, for messages. */
    String file();

    /** The type of its elements by the name that the format gives it, such as {@code BF16} or {@code Q4_K}. */
    String typeName();

    /** The size of each axis. Elements are in row-major order. */
    int[] shape();

    /** The number of elements, the product of the shape. */
    default long elements() {
        return Arrays.stream(shape()).asLongStream().reduce(1, (a, b) -> a * b);
    }

    /** How many bytes the elements take in the file. */
    long bytes();

    /** Whether the elements are floating-point numbers, which the model's weights must be. */
    boolean isFloat();

    /**
     * The type of a matrix that holds the elements as they are; for 64-bit floats, which are rounded, it is FLOAT32.
     *
     * @throws TouchstoneException if the elements are not floating-point numbers
     */
    Matrix.Type matrixType();

    /**
     * The transpose if that is what the file holds, else null; of three axes, the transpose of each matrix. It is faster to read than this
     * tensor, and quantised weights keep their blocks.
     */
    default StoredTensor transposed() {
        return null;
    }

    /** The tensors of the file that this one is made of; itself, unless it is made of several. */
    default List<? extends StoredTensor> parts() {
        return List.of(this);
    }

    /**
     * Some rows, as a matrix. (..., R, C) -> (count, C)
     *
     * @param first the index of the first row; all axes but the last count as rows
     * @param step from the index of a row to that of the next one: 1, unless this is a {@link #transposed} tensor
     */
    default StoredTensor rows(long first, int count, int step) {
        if (step != 1) {
            throw new IllegalArgumentException("every " + step + "th row of " + name());
        }
        return new TensorSlice(this, first, count);
    }

    /** How the elements are quantised; null unless {@link #matrixType} is QUANTIZED. */
    default Quantization quantization() {
        return null;
    }

    /**
     * A new reader. Several threads may read the tensor at once, each with its own reader.
     *
     * @param largest the most elements that are read at a time
     * @throws TouchstoneException if the elements are not floating-point numbers
     */
    Reader reader(int largest);

    /** Reads pieces of the tensor for one thread. Throws a {@link TouchstoneException} if the file cannot be read. */
    interface Reader {
        /** Reads {@code count} elements from index {@code first} on into {@code to}, from index {@code at} on. */
        void floats(long first, int count, float[] to, int at);

        /** The same for elements of 16 bits, as bits. {@link #matrixType} gives their format. */
        void bits(long first, int count, short[] to, int at);

        /**
         * Reads whole rows of quantised elements into memory, for {@link #block}.
         *
         * @param slot the place of the first row there; rows in other places are kept
         */
        default void rows(long first, int count, int slot) {
            throw new UnsupportedOperationException("the elements are not quantised");
        }

        /** Takes a block of elements of each of {@code count} rows that were read, from slot 0 on. */
        default void block(int index, int count, QuantizedBlock to) {
            throw new UnsupportedOperationException("the elements are not quantised");
        }
    }
}
