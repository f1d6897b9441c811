package dev.touchstone.checkpoint.files;

import dev.touchstone.util.Problems;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads consecutive items of equal size, such as the elements of a tensor, through one buffer. For one thread. */
public final class ItemReader {
    private final String file;
    private final ByteSource source;
    private final long start;
    private final int itemBytes;
    private final ByteBuffer buffer;

    /**
     * @param file the name of the source, for messages
     * @param start the position of the first item
     * @param itemBytes the size of an item
     * @param most the most items that are read at a time
     */
    public ItemReader(String file, ByteSource source, long start, int itemBytes, int most) {
        this.file = file;
        this.source = source;
        this.start = start;
        this.itemBytes = itemBytes;
        this.buffer =
                ByteBuffer.allocateDirect(Math.multiplyExact(most, itemBytes)).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The bytes of {@code count} items from item {@code first} on, little-endian, valid until the next call. */
    public ByteBuffer read(long first, int count) {
        return read(first, count, 0);
    }

    /** The same, from item {@code at} of the result on. What was read into earlier places stays valid. */
    public ByteBuffer read(long first, int count, int at) {
        buffer.clear().limit((at + count) * itemBytes).position(at * itemBytes);
        try {
            source.read(buffer, start + first * itemBytes);
        } catch (IOException e) {
            throw Problems.unreadable(file, e);
        }
        return buffer.flip();
    }
}
