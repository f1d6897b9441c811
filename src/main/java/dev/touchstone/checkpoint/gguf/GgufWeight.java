package dev.touchstone.checkpoint.gguf;

import dev.touchstone.tensor.Matrix;
import dev.touchstone.weights.StoredTensor;

/**
 * A tensor of a GGUF file under its name in Hugging Face's model, with the changes undone that llama.cpp's converter made.
 *
 * @param rotaryHeadSize the rows of a head if they are permuted for rotary embeddings of neighbouring channels, else 0
 * @param one whether 1 was added to the elements
 */
record GgufWeight(String name, GgufTensor tensor, int rotaryHeadSize, boolean one) implements StoredTensor {
    @Override
    public String file() {
        return tensor.file();
    }

    @Override
    public int[] shape() {
        return tensor.shape();
    }

    @Override
    public long bytes() {
        return tensor.bytes();
    }

    @Override
    public boolean isFloat() {
        return tensor.isFloat();
    }

    @Override
    public Matrix.Type matrixType() {
        return one ? Matrix.Type.FLOAT32 : tensor.matrixType();
    }

    @Override
    public Reader reader(int largest) {
        Reader plain = tensor.reader(largest);
        Reader rows = rotaryHeadSize == 0 ? plain : new Rows(plain);
        return one ? new MinusOne(rows) : rows;
    }

    /**
     * The row of the file that holds row {@code row} of Hugging Face's matrix. Hugging Face has the first channels of all pairs of a head,
     * then the second ones; the file has both channels of a pair side by side.
     */
    private long stored(long row) {
        int half = rotaryHeadSize / 2;
        long head = row / rotaryHeadSize;
        int channel = (int) (row % rotaryHeadSize);
        return head * rotaryHeadSize + channel % half * 2L + channel / half;
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
                part.read(stored(row) * columns + column, length, (int) (at + element - first));
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
