package dev.touchstone.checkpoint.safetensors;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.tensor.HalfPrecision;
import dev.touchstone.tensor.Tensor;
import dev.touchstone.util.Json;
import dev.touchstone.util.WholeFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;

/** Writes a safetensors file: collects tensors, then writes them all. The file appears whole or not at all. */
public final class SafetensorsWriter {
    private static final int PIECE_BYTES = 1 << 20;

    private final Map<String, Stored> tensors = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();

    /** Puts element {@code index} into the buffer. */
    private interface Element {
        void put(ByteBuffer bytes, int index);
    }

    private record Stored(DType dtype, int[] shape, int elements, Element element) {
        long bytes() {
            return (long) elements * dtype.bits() / 8;
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
        Element element = switch (dtype) {
            case F64 -> (bytes, i) -> bytes.putDouble(data[i]);
            case F32 -> (bytes, i) -> bytes.putFloat(data[i]);
            case F16 -> (bytes, i) -> bytes.putShort(HalfPrecision.toFloat16(data[i]));
            case BF16 -> (bytes, i) -> bytes.putShort(HalfPrecision.toBfloat16(data[i]));
            default -> throw new IllegalArgumentException("a tensor of floats cannot be written as " + dtype);
        };
        return add(name, new Stored(dtype, tensor.shape(), data.length, element));
    }

    /** As F64. */
    public SafetensorsWriter add(String name, double[] data, int... shape) {
        return add(name, new Stored(DType.F64, shape, data.length, (bytes, i) -> bytes.putDouble(data[i])));
    }

    /** As I64, which is what Hugging Face's token ids are. */
    public SafetensorsWriter add(String name, int[] data, int... shape) {
        return add(name, new Stored(DType.I64, shape, data.length, (bytes, i) -> bytes.putLong(data[i])));
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
            for (int i = 0; i < stored.elements; i++) {
                if (bytes.remaining() < Long.BYTES) {
                    flush(bytes, channel);
                }
                stored.element.put(bytes, i);
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
