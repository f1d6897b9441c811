package dev.touchstone.checkpoint.safetensors;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.tensor.HalfPrecision;
import dev.touchstone.tensor.Tensor;
import dev.touchstone.util.Json;
import dev.touchstone.util.TouchstoneException;
import dev.touchstone.util.WholeFile;
import dev.touchstone.weights.StoredTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Writes a safetensors file: collects tensors, then writes them all. The file appears whole or not at all. Tensors that are stored in
 * another file are read while they are written.
 */
public final class SafetensorsWriter {
    private static final int PIECE_BYTES = 1 << 20;
    private static final int PIECE_ELEMENTS = 1 << 16;

    private final Map<String, Stored> tensors = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();

    /** Puts element {@code index} into the buffer. Indices ascend from 0. */
    private interface Element {
        void put(ByteBuffer bytes, int index);
    }

    /** Makes the elements ready to be written; called once. */
    private interface Source {
        Element open();
    }

    private record Stored(DType dtype, int[] shape, int elements, Source source) {
        long bytes() {
            return (long) elements * dtype.bits() / 8;
        }
    }

    /** A value of type {@code dtype}; F16 and BF16 round to the nearest, ties to even. */
    private static void put(DType dtype, ByteBuffer bytes, float value) {
        switch (dtype) {
            case F64 -> bytes.putDouble(value);
            case F32 -> bytes.putFloat(value);
            case F16 -> bytes.putShort(HalfPrecision.toFloat16(value));
            case BF16 -> bytes.putShort(HalfPrecision.toBfloat16(value));
            default -> throw new IllegalArgumentException("a tensor of floats cannot be written as " + dtype);
        }
    }

    public SafetensorsWriter metadata(String key, String value) {
        metadata.put(key, value);
        return this;
    }

    /** As F32. */
    public SafetensorsWriter add(String name, Tensor tensor) {
        return add(name, DType.F32, tensor);
    }

    /** As F64, F32, F16 or BF16; the last two round to the nearest, ties to even. */
    public SafetensorsWriter add(String name, DType dtype, Tensor tensor) {
        float[] data = tensor.data();
        return add(
                name, new Stored(dtype, tensor.shape(), data.length, () -> (bytes, i) -> put(dtype, bytes, data[i])));
    }

    /** A tensor of another file under a name of its own, as F64, F32, F16 or BF16. */
    public SafetensorsWriter add(String name, DType dtype, StoredTensor tensor) {
        long elements = tensor.elements();
        if (elements > Integer.MAX_VALUE) {
            throw new TouchstoneException(tensor.file() + ": " + name + " has " + elements + " elements, at most "
                    + Integer.MAX_VALUE + " can be written");
        }
        return add(name, new Stored(dtype, tensor.shape(), (int) elements, () -> {
            int length = (int) Math.min(PIECE_ELEMENTS, elements);
            StoredTensor.Reader reader = tensor.reader(length);
            float[] piece = new float[length];
            return (bytes, i) -> {
                if (i % length == 0) {
                    reader.floats(i, (int) Math.min(length, elements - i), piece, 0);
                }
                put(dtype, bytes, piece[i % length]);
            };
        }));
    }

    /** As F64. */
    public SafetensorsWriter add(String name, double[] data, int... shape) {
        return add(name, new Stored(DType.F64, shape, data.length, () -> (bytes, i) -> bytes.putDouble(data[i])));
    }

    /** As I64, which is what Hugging Face's token ids are. */
    public SafetensorsWriter add(String name, int[] data, int... shape) {
        return add(name, new Stored(DType.I64, shape, data.length, () -> (bytes, i) -> bytes.putLong(data[i])));
    }

    private SafetensorsWriter add(String name, Stored stored) {
        if (IntStream.of(stored.shape).asLongStream().reduce(1, (a, b) -> a * b) != stored.elements) {
            throw new IllegalArgumentException(name + ": " + stored.elements + " elements do not fill its shape");
        }
        if (tensors.putIfAbsent(name, stored) != null || name.equals("__metadata__")) {
            throw new IllegalArgumentException(name + " is taken");
        }
        return this;
    }

    /** Writes the file, in place of one that may be there. */
    public void write(Path file) {
        WholeFile.write(file, this::writeTo);
    }

    public void writeTo(WritableByteChannel channel) throws IOException {
        byte[] header = header();
        ByteBuffer bytes = ByteBuffer.allocateDirect(Math.max(PIECE_BYTES, Long.BYTES + header.length))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(header.length).put(header);
        for (Stored stored : tensors.values()) {
            Element element = stored.source.open();
            for (int i = 0; i < stored.elements; i++) {
                if (bytes.remaining() < Long.BYTES) {
                    flush(bytes, channel);
                }
                element.put(bytes, i);
            }
        }
        flush(bytes, channel);
    }

    private static void flush(ByteBuffer bytes, WritableByteChannel channel) throws IOException {
        bytes.flip();
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        bytes.clear();
    }

    /** Padded with spaces so that the data begins at a multiple of eight bytes. */
    private byte[] header() {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        if (!metadata.isEmpty()) {
            root.set("__metadata__", Json.tree(metadata));
        }
        long begin = 0;
        for (Map.Entry<String, Stored> tensor : tensors.entrySet()) {
            Stored stored = tensor.getValue();
            ObjectNode entry = root.putObject(tensor.getKey()).put("dtype", stored.dtype.name());
            entry.set("shape", Json.tree(stored.shape));
            entry.putArray("data_offsets").add(begin).add(begin + stored.bytes());
            begin += stored.bytes();
        }
        byte[] json = root.toString().getBytes(UTF_8);
        byte[] padded = new byte[(json.length + 7) / 8 * 8];
        Arrays.fill(padded, (byte) ' ');
        System.arraycopy(json, 0, padded, 0, json.length);
        return padded;
    }
}
