package dev.touchstone.weights;

import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Quantization;
import dev.touchstone.tensor.QuantizedBlock;

/**
 * Consecutive rows of a tensor, as a matrix. (..., R, C) -> (rows, C)
 *
 * @param whole the tensor; all axes but the last count as rows
 * @param first the index of the first row
 * @param rows how many
 */
record TensorSlice(StoredTensor whole, long first, int rows) implements PartOfTensor {
    private int columns() {
        int[] shape = whole.shape();
        return shape[shape.length - 1];
    }

    @Override
    public int[] shape() {
        return new int[] {rows, columns()};
    }

    /** Blocks are parts of rows, so those of quantised weights are whole. */
    @Override
    public Matrix.Type matrixType() {
        return whole.matrixType();
    }

    @Override
    public Quantization quantization() {
        return whole.quantization();
    }

    @Override
    public Reader reader(int largest) {
        Reader reader = whole.reader(largest);
        long offset = first * columns();
        return new Reader() {
            @Override
            public void floats(long from, int count, float[] to, int at) {
                reader.floats(offset + from, count, to, at);
            }

            @Override
            public void bits(long from, int count, short[] to, int at) {
                reader.bits(offset + from, count, to, at);
            }

            @Override
            public void rows(long from, int count, int slot) {
                reader.rows(first + from, count, slot);
            }

            @Override
            public void block(int index, int count, QuantizedBlock to) {
                reader.block(index, count, to);
            }
        };
    }
}
