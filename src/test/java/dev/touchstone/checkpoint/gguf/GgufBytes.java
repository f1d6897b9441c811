package dev.touchstone.checkpoint.gguf;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Writes the parts of a GGUF file one after the other, valid or not. Each method returns this object. */
public final class GgufBytes {
    private static final int STRING = 8;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** The beginning of a file. */
    public static GgufBytes header(int version, long tensors, long metadata) {
        return new GgufBytes().int32(0x46554747).int32(version).int64(tensors).int64(metadata);
    }

    public GgufBytes int32(int value) {
        bytes.writeBytes(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array());
        return this;
    }

    public GgufBytes int64(long value) {
        bytes.writeBytes(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array());
        return this;
    }

    public GgufBytes raw(int... values) {
        for (int value : values) {
            bytes.write(value);
        }
        return this;
    }

    public GgufBytes string(String text) {
        byte[] utf8 = text.getBytes(UTF_8);
        int64(utf8.length);
        bytes.writeBytes(utf8);
        return this;
    }

    public GgufBytes text(String key, String value) {
        return string(key).int32(STRING).string(value);
    }

    public GgufBytes number(String key, int value) {
        return string(key).int32(4).int32(value);
    }

    public GgufBytes decimal(String key, float value) {
        return string(key).int32(6).int32(Float.floatToIntBits(value));
    }

    /** @param sizes in the order of the file, the length of a row first */
    public GgufBytes tensor(String name, GgufType type, long offset, long... sizes) {
        return tensor(name, typeId(type), offset, sizes);
    }

    public GgufBytes tensor(String name, int type, long offset, long... sizes) {
        string(name).int32(sizes.length);
        for (long size : sizes) {
            int64(size);
        }
        return int32(type).int64(offset);
    }

    private static int typeId(GgufType type) {
        int id = 0;
        while (GgufType.of(id).filter(type::equals).isEmpty()) {
            id++;
        }
        return id;
    }

    /** Zeros up to a multiple of 32 bytes, then the data. */
    public byte[] data(int length) {
        return data(new byte[length]);
    }

    /** Zeros up to a multiple of 32 bytes, then the data. */
    public byte[] data(byte[] data) {
        raw(new int[(32 - bytes.size() % 32) % 32]);
        bytes.writeBytes(data);
        return bytes.toByteArray();
    }
}
