package dev.touchstone.checkpoint.safetensors;

import dev.touchstone.checkpoint.files.ByteSource;
import dev.touchstone.checkpoint.files.ItemReader;
import dev.touchstone.checkpoint.safetensors.SafetensorsHeader.Entry;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Tensor;
import dev.touchstone.util.Problems;
import dev.touchstone.util.TouchstoneException;
import dev.touchstone.weights.StoredTensor;
import java.nio.ByteBuffer;

/**
 * A tensor in a safetensors file. The elements are read when they are asked for: in pieces by a {@link #reader}, or all of them
 * into one array. Every method throws a {@link TouchstoneException} if the file cannot be read. Any thread may read.
 */
public final class SafetensorsTensor implements StoredTensor {
    /** Elements that are read and converted at a time: small enough for a processor's cache. */
    private static final int PIECE = 1 << 16;

    private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

    private final String file;
    private final ByteSource source;
    private final Entry entry;
    /** The byte of the file at which the tensor begins. */
    private final long start;

    SafetensorsTensor(String file, ByteSource source, Entry entry, long dataStart) {
        this.file = file;
        this.source = source;
        this.entry = entry;
        this.start = dataStart + entry.begin();
    }

    @Override
    public String name() {
        return entry.name();
    }

    @Override
    public String file() {
        return file;
    }

    public DType dtype() {
        return entry.dtype();
    }

    @Override
    public String typeName() {
        return dtype().name();
    }

    @Override
    public int[] shape() {
        return entry.shape().clone();
    }

    @Override
    public long bytes() {
        return entry.end() - entry.begin();
    }

    @Override
    public boolean isFloat() {
        return dtype().isFloat();
    }

    @Override
    public Matrix.Type matrixType() {
        checkThatItIsFloat();
        return switch (dtype()) {
            case BF16 -> Matrix.Type.BFLOAT16;
            case F16 -> Matrix.Type.FLOAT16;
            default -> Matrix.Type.FLOAT32;
        };
    }

    @Override
    public Reader reader(int largest) {
        checkThatItIsFloat();
        ItemReader items = items(largest);
        return new Reader() {
            @Override
            public void floats(long first, int count, float[] to, int at) {
                Elements.floats(dtype(), items.read(first, count), to, at);
            }

            @Override
            public void bits(long first, int count, short[] to, int at) {
                items.read(first, count).asShortBuffer().get(to, at, count);
            }
        };
    }

    /** All elements as floats. F32, F16 and BF16 are exact, F64 is rounded to the nearest float. */
    public Tensor floats() {
        checkThatItIsFloat();
        checkThatItFitsAnArray();
        Tensor tensor = Tensor.zeros(entry.shape());
        readAll((bytes, at) -> Elements.floats(dtype(), bytes, tensor.data(), at));
        return tensor;
    }

    /** All elements of a tensor of floats, exactly. */
    public double[] doubles() {
        checkThatItIsFloat();
        checkThatItFitsAnArray();
        double[] doubles = new double[(int) elements()];
        readAll((bytes, at) -> Elements.doubles(dtype(), bytes, doubles, at));
        return doubles;
    }

    /** All elements of a tensor of integers or booleans: false is 0, true is 1. */
    public long[] longs() {
        check(dtype().isInteger(), "I64, I32, I16, I8, U8 or BOOL");
        checkThatItFitsAnArray();
        long[] longs = new long[(int) elements()];
        readAll((bytes, at) -> Elements.longs(dtype(), bytes, longs, at));
        return longs;
    }

    /** As {@link #longs}, for numbers that fit, such as token ids. */
    public int[] ints() {
        long[] longs = longs();
        int[] ints = new int[longs.length];
        for (int i = 0; i < ints.length; i++) {
            ints[i] = (int) longs[i];
            if (ints[i] != longs[i]) {
                throw new TouchstoneException(label() + " holds " + longs[i] + ", expected 32-bit numbers");
            }
        }
        return ints;
    }

    private void checkThatItIsFloat() {
        check(isFloat(), "F64, F32, F16 or BF16");
    }

    private void check(boolean isKind, String kind) {
        if (!isKind) {
            throw new TouchstoneException(label() + " has dtype " + dtype() + ", expected " + kind);
        }
    }

    private void checkThatItFitsAnArray() {
        if (elements() > LARGEST_ARRAY) {
            throw new TouchstoneException(
                    label() + " has " + elements() + " elements, at most " + LARGEST_ARRAY + " fit an array");
        }
    }

    private String label() {
        return file + ": " + Problems.printable(name());
    }

    /** Takes a piece, of which the first element has index {@code at}. */
    private interface Piece {
        void take(ByteBuffer bytes, int at);
    }

    private void readAll(Piece piece) {
        ItemReader items = items(PIECE);
        int elements = (int) elements();
        for (int at = 0; at < elements; at += Math.min(PIECE, elements - at)) {
            piece.take(items.read(at, Math.min(PIECE, elements - at)), at);
        }
    }

    private ItemReader items(int largest) {
        return new ItemReader(file, source, start, dtype().bits() / 8, (int) Math.min(largest, elements()));
    }
}
