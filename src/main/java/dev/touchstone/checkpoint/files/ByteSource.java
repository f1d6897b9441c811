package dev.touchstone.checkpoint.files;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** Bytes that any thread can read from any place: a file on disk, of any size, or a resource held in memory. */
public interface ByteSource extends Closeable {
    long size();

    /** Fills what remains of {@code into} with the bytes from {@code position} on. */
    void read(ByteBuffer into, long position) throws IOException;

    static ByteSource of(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file);
        return new OfFile(channel, channel.size());
    }

    static ByteSource of(byte[] bytes) {
        return new OfBytes(bytes);
    }

    record OfFile(FileChannel channel, long size) implements ByteSource {
        @Override
        public void read(ByteBuffer into, long position) throws IOException {
            while (into.hasRemaining()) {
                int read = channel.read(into, position);
                if (read < 0) {
                    throw new EOFException("the file became shorter while it was read");
                }
                position += read;
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    record OfBytes(byte[] bytes) implements ByteSource {
        @Override
        public long size() {
            return bytes.length;
        }

        @Override
        public void read(ByteBuffer into, long position) {
            into.put(bytes, Math.toIntExact(position), into.remaining());
        }

        @Override
        public void close() {}
    }
}
