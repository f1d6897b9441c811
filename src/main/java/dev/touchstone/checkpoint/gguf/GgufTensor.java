package dev.touchstone.checkpoint.gguf;

import dev.touchstone.checkpoint.files.ByteSource;
import dev.touchstone.checkpoint.files.ItemReader;
import dev.touchstone.checkpoint.gguf.GgufHeader.Entry;
import dev.touchstone.tensor.Matrix;
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
            default -> Matrix.Type.FLOAT32;
        };
    }

    @Override
    public Reader reader(int largest) {
        checkReadable();
        int size = type().blockElements();
        // Pieces may begin and end within a block.
        int most = (int) Math.min(largest / size + 2L, elements() / size);
        ItemReader blocks = new ItemReader(file, source, start, type().blockBytes(), most);
        return new Reader() {
            private final float[] block = new float[size];

            @Override
            public void floats(long first, int count, float[] to, int at) {
                long begin = first / size;
                long end = (first + count + size - 1) / size;
                ByteBuffer bytes = blocks.read(begin, (int) (end - begin));
                for (long b = begin; b < end; b++) {
                    int from = (int) (b - begin) * type().blockBytes();
                    int target = (int) (at + b * size - first);
                    if (b * size >= first && (b + 1) * size <= first + count) {
                        type().format().elements(bytes, from, to, target);
                    } else {
                        type().format().elements(bytes, from, block, 0);
                        int skip = (int) Math.max(0, first - b * size);
                        int stop = (int) Math.min(size, first + count - b * size);
                        System.arraycopy(block, skip, to, target + skip, stop - skip);
                    }
                }
            }

            @Override
            public void bits(long first, int count, short[] to, int at) {
                blocks.read(first, count).asShortBuffer().get(to, at, count);
            }
        };
    }

    private void checkReadable() {
        if (!type().isReadable()) {
            throw new TouchstoneException(file + ": " + Problems.printable(name()) + " has type " + type()
                    + ", which is not supported; expected one of " + GgufHeader.names(GgufType.readable()));
        }
    }
}
