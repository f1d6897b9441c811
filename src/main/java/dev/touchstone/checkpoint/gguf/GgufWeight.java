package dev.touchstone.checkpoint.gguf;

import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Quantization;
import dev.touchstone.tensor.QuantizedBlock;
import dev.touchstone.weights.StoredTensor;

/**
 * A tensor of a GGUF file, or some of its rows, under its name in Hugging Face's model, with the changes undone that llama.cpp's
 * converter made.
 *
 * @param rows the rows in Hugging Face's order; null if they are those of the file
 * @param change a change of the elements or of the shape
 */
record GgufWeight(String name, GgufTensor tensor, RowOrder rows, Change change) implements StoredTensor {
    enum Change {
        NONE,
        /** 1 was added to the elements. */
        ONE_ADDED,
        /** The matrix of a {@code Conv1D} was transposed: the file has a row for each output. */
        TRANSPOSED
    }

    @Override
    public String file() {
        return tensor.file();
    }

    @Override
    public String typeName() {
        return tensor.typeName();
    }

    @Override
    public int[] shape() {
        int[] shape = tensor.shape();
        if (rows != null) {
            shape[0] = rows.count();
        }
        return change == Change.TRANSPOSED ? new int[] {shape[1], shape[0]} : shape;
    }

    @Override
    public long bytes() {
        return rows == null ? tensor.bytes() : tensor.bytes() / tensor.shape()[0] * rows.count();
    }

    @Override
    public boolean isFloat() {
        return tensor.isFloat();
    }

    @Override
    public Matrix.Type matrixType() {
        return change == Change.ONE_ADDED ? Matrix.Type.FLOAT32 : tensor.matrixType();
    }

    @Override
    public StoredTensor transposed() {
        return change == Change.TRANSPOSED ? new GgufWeight(name, tensor, rows, Change.NONE) : null;
    }

    @Override
    public Quantization quantization() {
        return change == Change.ONE_ADDED ? null : tensor.quantization();
    }

    @Override
    public Reader reader(int largest) {
        if (change == Change.TRANSPOSED) {
            return new TransposedReader(transposed(), tensor.type().blockElements());
        }
        Reader file = tensor.reader(largest);
        Reader ordered = rows == null ? file : new Rows(file);
        return change == Change.ONE_ADDED ? new MinusOne(ordered) : ordered;
    }

    /** Reads row by row, in Hugging Face's order. */
    private final class Rows implements Reader {
        private final Reader file;
        private final int columns;

        Rows(Reader file) {
            this.file = file;
            this.columns = tensor.shape().length == 1 ? 1 : tensor.shape()[1];
        }

        /** Reads a part of a row. */
        private interface Part {
            void read(long first, int count, int at);
        }

        private void read(long first, int count, int at, Part part) {
            for (long element = first; element < first + count; ) {
                long row = element / columns;
                int column = (int) (element % columns);
                int length = (int) Math.min(columns - column, first + count - element);
                part.read(rows.stored().applyAsLong(row) * columns + column, length, (int) (at + element - first));
                element += length;
            }
        }

        @Override
        public void floats(long first, int count, float[] to, int at) {
            read(first, count, at, (from, length, target) -> file.floats(from, length, to, target));
        }

        @Override
        public void bits(long first, int count, short[] to, int at) {
            read(first, count, at, (from, length, target) -> file.bits(from, length, to, target));
        }

        @Override
        public void rows(long first, int count, int slot) {
            for (int i = 0; i < count; i++) {
                file.rows(rows.stored().applyAsLong(first + i), 1, slot + i);
            }
        }

        @Override
        public void block(int index, int count, QuantizedBlock to) {
            file.block(index, count, to);
        }
    }

    /** Subtracts 1 from each element, in float32. */
    private record MinusOne(Reader reader) implements Reader {
        @Override
        public void floats(long first, int count, float[] to, int at) {
            reader.floats(first, count, to, at);
            for (int i = at; i < at + count; i++) {
                to[i] -= 1;
            }
        }

        @Override
        public void bits(long first, int count, short[] to, int at) {
            throw new IllegalStateException("norms are read as floats");
        }
    }
}
