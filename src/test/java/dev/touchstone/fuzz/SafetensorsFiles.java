package dev.touchstone.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Changes a safetensors file but keeps the length of the header in its first eight bytes correct. */
public final class SafetensorsFiles {
    /** Changes the header or the data. */
    public static final Mutation ANY = SafetensorsFiles::mutate;

    private SafetensorsFiles() {}

    private static byte[] mutate(byte[] input, byte[] other, RandomGenerator random) {
        int header = headerLength(input);
        int choice = random.nextInt(10);
        if (header < 0 || choice == 0) {
            return Bytes.ANY.apply(input, other, random);
        }
        int data = Long.BYTES + header;
        byte[] json = Arrays.copyOfRange(input, Long.BYTES, data);
        byte[] rest = Arrays.copyOfRange(input, data, input.length);
        if (choice == 1) {
            return file(json, Bytes.ANY.apply(rest, other, random));
        }
        int otherHeader = headerLength(other);
        byte[] otherJson = otherHeader < 0
                ? "{}".getBytes(UTF_8)
                : Arrays.copyOfRange(other, Long.BYTES, Long.BYTES + otherHeader);
        return file(JsonTrees.ANY.apply(json, otherJson, random), rest);
    }

    private static byte[] file(byte[] header, byte[] data) {
        return ByteBuffer.allocate(Long.BYTES + header.length + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header)
                .put(data)
                .array();
    }

    /** Negative if the file has no header. */
    private static int headerLength(byte[] file) {
        if (file.length < Long.BYTES) {
            return -1;
        }
        long length = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
        return length < 0 || length > file.length - Long.BYTES ? -1 : (int) length;
    }
}
