package dev.touchstone.checkpoint.gguf;

import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Quantization;
import dev.touchstone.tensor.QuantizedBlock;
import dev.touchstone.weights.StoredTensor;
import java.util.Arrays;
import java.util.List;

/**
 * A tensor of a GGUF file, or some of its rows, under its name in Hugging Face's model, with the changes undone that llama.cpp's
 * converter made.
 *
 * @param rows the rows in Hugging Face's order; null if they are those of the file
 * @param change a change of the elements or of the shape
 * @param axes the size of each axis; null if they follow from the others
 */
record GgufWeight(String name, GgufTensor tensor, RowOrder rows, Change change, List<Integer> axes)
        implements StoredTensor {
    enum Change {
        NONE,
        /** 1 was added to the elements. */
        ONE_ADDED,
        /** The matrix of a {@code Conv1D} was transposed: the file has a row for each output. */
        TRANSPOSED
    }

    /** A tensor as it is. */
    static GgufWeight of(String name, GgufTensor tensor) {
        return new GgufWeight(name, tensor, null, Change.NONE, null);
    }

    /** Some rows of a tensor, all axes of which but the last count as rows, or some elements of a vector. */
    static GgufWeight ordered(String name, GgufTensor tensor, RowOrder rows) {
        return new GgufWeight(name, tensor, rows, Change.NONE, null);
    }

    /** The same with a change. */
    GgufWeight changed(Change newChange) {
        return new GgufWeight(name, tensor, rows, newChange, axes);
    }

    /** The same elements in another shape. */
    GgufWeight reshaped(int... shape) {
        return new GgufWeight(
                name, tensor, rows, change, Arrays.stream(shape).boxed().toList());
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
        if (axes != null) {
            return axes.stream().mapToInt(Integer::intValue).toArray();
        }
        int[] shape = tensor.shape();
        if (rows != null) {
            shape[0] = rows.count();
        }
        return change == Change.TRANSPOSED ? new int[] {shape[1], shape[0]} : shape;
    }

    @Override
    public long bytes() {
        return rows == null ? tensor.bytes() : tensor.bytes() / (tensor.elements() / columns()) * rows.count();
    }

    /** The elements of a row of the file. */
    private int columns() {
        int[] shape = tensor.shape();
        return shape.length == 1 ? 1 : shape[shape.length - 1];
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
        return change == Change.TRANSPOSED ? changed(Change.NONE) : null;
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
        private final int columns = columns();

        Rows(Reader file) {
            this.file = file;
        }

        /** Reads a part of a row, or whole rows. */
        private interface Part {
            void read(long first, int count, int at);
        }

        private void read(long first, int count, int at, Part part) {
            for (long element = first; element < first + count; ) {
                long row = element / columns;
                int column = (int) (element % columns);
                long whole = column > 0 ? 1 : Math.max(1, consecutive(row, (first + count - element) / columns));
                int length = (int) Math.min(whole * columns - column, first + count - element);
                part.read(rows.stored().applyAsLong(row) * columns + column, length, (int) (at + element - first));
                element += length;
            }
        }

        /** How many rows, of so many from a row on, come one after another in the file too. */
        private long consecutive(long row, long most) {
            long stored = rows.stored().applyAsLong(row);
            long count = 1;
            while (count < most && rows.stored().applyAsLong(row + count) == stored + count) {
                count++;
            }
            return count;
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
            for (int i = 0; i < count; ) {
                int run = (int) consecutive(first + i, count - i);
                file.rows(rows.stored().applyAsLong(first + i), run, slot + i);
                i += run;
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
