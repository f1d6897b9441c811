package dev.touchstone.checkpoint.safetensors;

import dev.touchstone.checkpoint.files.ByteSource;
import dev.touchstone.checkpoint.safetensors.SafetensorsHeader.Entry;
import dev.touchstone.tensor.Tensor;
import dev.touchstone.util.Problems;
import dev.touchstone.util.TouchstoneException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * A safetensors file: the header is read and checked when it is opened, the tensors when they are asked for. Memory holds
 * what was asked for and a few megabytes on the way; files may be of any size. Any thread may read.
 */
public final class Safetensors implements AutoCloseable {
    /** Elements that are read and converted at a time: small enough for a processor's cache. */
    private static final int PIECE = 1 << 16;

    private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

    private final String file;
    private final ByteSource source;
    private final SafetensorsHeader header;

    private Safetensors(String file, ByteSource source) throws IOException {
        this.file = file;
        this.source = source;
        this.header = SafetensorsHeader.read(file, source);
    }

    /** Opens a file and checks its header, which includes that the file is as long as the header says. */
    public static Safetensors open(Path file) {
        try {
            return open(Problems.name(file), ByteSource.of(file));
        } catch (IOException e) {
            throw Problems.unreadable(file.toString(), e);
        }
    }

    public static Safetensors open(String file, ByteSource source) throws IOException {
        try {
            return new Safetensors(file, source);
        } catch (IOException | RuntimeException e) {
            source.close();
            throw e;
        }
    }

    /** The file's name, as messages say it. */
    public String file() {
        return file;
    }

    /** The names of all tensors, in the header's order. */
    public Set<String> names() {
        return Collections.unmodifiableSet(header.tensors().keySet());
    }

    /** What the file says about itself besides its tensors, such as {@code format}: {@code pt}. */
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(header.metadata());
    }

    public DType dtype(String name) {
        return entry(name).dtype();
    }

    public int[] shape(String name) {
        return entry(name).shape().clone();
    }

    /** How many elements the tensor has. */
    public long elements(String name) {
        return entry(name).elements();
    }

    /** How many bytes the tensor takes in the file. */
    public long bytes(String name) {
        return entry(name).end() - entry(name).begin();
    }

    /** A tensor of floats. F32, F16 and BF16 are exact, F64 is rounded to the nearest float. */
    public Tensor tensor(String name) {
        Entry entry = entry(name, "F64, F32, F16 or BF16", entry(name).dtype().isFloat());
        Tensor tensor = Tensor.zeros(entry.shape());
        readPieces(entry, PIECE, () -> (bytes, at) -> Elements.floats(entry.dtype(), bytes, tensor.data(), at));
        return tensor;
    }

    /** The elements of a tensor of floats, row-major, each exact. */
    public double[] doubles(String name) {
        Entry entry = entry(name, "F64, F32, F16 or BF16", entry(name).dtype().isFloat());
        double[] doubles = new double[(int) entry.elements()];
        readPieces(entry, PIECE, () -> (bytes, at) -> Elements.doubles(entry.dtype(), bytes, doubles, at));
        return doubles;
    }

    /** The elements of a tensor of whole numbers or booleans, row-major. */
    public long[] longs(String name) {
        Entry entry =
                entry(name, "I64, I32, I16, I8, U8 or BOOL", entry(name).dtype().isInteger());
        long[] longs = new long[(int) entry.elements()];
        readPieces(entry, PIECE, () -> (bytes, at) -> Elements.longs(entry.dtype(), bytes, longs, at));
        return longs;
    }

    /** As {@link #longs}, for numbers that fit, such as token ids. */
    public int[] ints(String name) {
        return Arrays.stream(longs(name))
                .mapToInt(value -> {
                    if (value != (int) value) {
                        throw new TouchstoneException(file + ": " + Problems.printable(name) + " holds " + value
                                + ", expected 32-bit numbers");
                    }
                    return (int) value;
                })
                .toArray();
    }

    @Override
    public void close() {
        try {
            source.close();
        } catch (IOException e) {
            throw Problems.unreadable(file, e);
        }
    }

    private Entry entry(String name) {
        Entry entry = header.tensors().get(name);
        if (entry == null) {
            throw new TouchstoneException(file + " holds no tensor " + Problems.printable(name));
        }
        return entry;
    }

    private Entry entry(String name, String kind, boolean isKind) {
        Entry entry = entry(name);
        if (!isKind) {
            throw new TouchstoneException(
                    file + ": " + Problems.printable(name) + " has dtype " + entry.dtype() + ", expected " + kind);
        }
        if (entry.elements() > LARGEST_ARRAY) {
            throw new TouchstoneException(file + ": " + Problems.printable(name) + " has " + entry.elements()
                    + " elements, at most " + LARGEST_ARRAY + " fit an array");
        }
        return entry;
    }

    /** Takes the elements that the bytes hold, of which the first has index {@code at} in the tensor. */
    public interface PieceReader {
        void take(ByteBuffer bytes, int at);
    }

    /** Hands a tensor of floats over in pieces of so many elements, several at once, each thread to a reader of its own. */
    public void readPieces(String name, int piece, Supplier<PieceReader> reader) {
        readPieces(entry(name, "F64, F32, F16 or BF16", entry(name).dtype().isFloat()), piece, reader);
    }

    private void readPieces(Entry entry, int piece, Supplier<PieceReader> reader) {
        int pieces = (int) ((entry.elements() + piece - 1) / piece);
        int runs = Math.min(pieces, Runtime.getRuntime().availableProcessors());
        IntStream.range(0, runs).parallel().forEach(run -> {
            int from = (int) ((long) pieces * run / runs);
            int to = (int) ((long) pieces * (run + 1) / runs);
            readRun(entry, piece, from, to, reader.get());
        });
    }

    /** One thread's share: pieces {@code from} until {@code to}, all through one buffer. */
    private void readRun(Entry entry, int piece, int from, int to, PieceReader reader) {
        int elementBytes = entry.dtype().bits() / 8;
        int capacity = (int) Math.min(piece, entry.elements()) * elementBytes;
        ByteBuffer bytes = ByteBuffer.allocateDirect(capacity).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = from; i < to; i++) {
            int at = i * piece;
            bytes.clear().limit((int) Math.min(piece, entry.elements() - at) * elementBytes);
            try {
                source.read(bytes, header.dataStart() + entry.begin() + (long) at * elementBytes);
            } catch (IOException e) {
                throw Problems.unreadable(file, e);
            }
            reader.take(bytes.flip(), at);
        }
    }
}
