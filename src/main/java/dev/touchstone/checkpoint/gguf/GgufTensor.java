package dev.touchstone.checkpoint.gguf;

import dev.touchstone.checkpoint.files.ByteSource;
import dev.touchstone.checkpoint.files.ItemReader;
import dev.touchstone.checkpoint.gguf.GgufHeader.Entry;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Quantization;
import dev.touchstone.tensor.QuantizedBlock;
import dev.touchstone.util.Problems;
import dev.touchstone.util.TouchstoneException;
import dev.touchstone.weights.StoredTensor;
import java.nio.ByteBuffer;

/** A tensor of a GGUF file. Quantised elements are read as the float32 values that the formula of their type defines. */
public final class GgufTensor implements StoredTensor {
    private final String file;
    private final ByteSource source;
    private final Entry entry;
    /** The byte of the file at which the tensor begins. */
    private final long start;

    GgufTensor(String file, ByteSource source, Entry entry, long dataStart) {
        this.file = file;
        this.source = source;
        this.entry = entry;
        this.start = dataStart + entry.offset();
    }

    @Override
    public String name() {
        return entry.name();
    }

    @Override
    public String file() {
        return file;
    }

    @Override
    public String typeName() {
        return type().name();
    }

    public GgufType type() {
        return entry.type();
    }

    @Override
    public int[] shape() {
        return entry.shape().clone();
    }

    @Override
    public long bytes() {
        return entry.bytes();
    }

    @Override
    public boolean isFloat() {
        return type().isReadable();
    }

    @Override
    public Matrix.Type matrixType() {
        checkReadable();
        return switch (type()) {
            case BF16 -> Matrix.Type.BFLOAT16;
            case F16 -> Matrix.Type.FLOAT16;
            default -> type().quantization() == null ? Matrix.Type.FLOAT32 : Matrix.Type.QUANTIZED;
        };
    }

    @Override
    public Quantization quantization() {
        return type().quantization();
    }

    @Override
    public Reader reader(int largest) {
        checkReadable();
        return type().quantization() == null ? new PlainReader(largest) : new QuantReader(largest);
    }

    /** Reads elements that are stored one by one. */
    private final class PlainReader implements Reader {
        private final ItemReader items;

        PlainReader(int largest) {
            this.items = items((int) Math.min(largest, elements()));
        }

        @Override
        public void floats(long first, int count, float[] to, int at) {
            ByteBuffer read = items.read(first, count);
            for (int i = 0; i < count; i++) {
                to[at + i] = type().plain().element(read, i * type().blockBytes());
            }
        }

        @Override
        public void bits(long first, int count, short[] to, int at) {
            items.read(first, count).asShortBuffer().get(to, at, count);
        }
    }

    /** Reads quantised elements. Pieces of floats may begin and end within a block. */
    private final class QuantReader implements Reader {
        private final int size = type().blockElements();
        private final QuantizedBlock block = new QuantizedBlock(type().quantization());
        private final float[] elements = new float[size];
        private final int blocksInRow = shape()[shape().length - 1] / size;
        private final ItemReader items;
        private ByteBuffer rows;

        QuantReader(int largest) {
            this.items = items((int) Math.min(largest / size + 2L, elements() / size));
        }

        @Override
        public void floats(long first, int count, float[] to, int at) {
            long begin = first / size;
            int blocks = (int) ((first + count + size - 1) / size - begin);
            ByteBuffer read = items.read(begin, blocks);
            for (int b = 0; b < blocks; b++) {
                type().block().read(read, b * type().blockBytes(), block, 0);
                block.weights(0, elements);
                long start = (begin + b) * size;
                int skip = (int) Math.max(0, first - start);
                int stop = (int) Math.min(size, first + count - start);
                System.arraycopy(elements, skip, to, (int) (at + start + skip - first), stop - skip);
            }
        }

        @Override
        public void bits(long first, int count, short[] to, int at) {
            throw new UnsupportedOperationException("the elements are quantised");
        }

        @Override
        public void rows(long first, int count, int slot) {
            rows = items.read(first * blocksInRow, count * blocksInRow, slot * blocksInRow);
        }

        @Override
        public void block(int index, int count, QuantizedBlock to) {
            int bytes = type().blockBytes();
            for (int slot = 0; slot < count; slot++) {
                type().block().read(rows, (slot * blocksInRow + index) * bytes, to, QuantizedBlock.place(slot));
            }
        }
    }

    private ItemReader items(int most) {
        return new ItemReader(file, source, start, type().blockBytes(), most);
    }

    private void checkReadable() {
        if (!type().isReadable()) {
            throw new TouchstoneException(file + ": " + Problems.printable(name()) + " has type " + type()
                    + ", which is not supported; expected one of " + GgufHeader.names(GgufType.readable()));
        }
    }
}
