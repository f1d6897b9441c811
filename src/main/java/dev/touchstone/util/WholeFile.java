package dev.touchstone.util;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A file that appears whole or not at all: it is written beside its place, as {@code FILE.new}, and then moved there. Where
 * the process is ended meanwhile, for example by Ctrl-C, the unfinished file is deleted.
 */
public final class WholeFile {
    private WholeFile() {}

    /** Fills a file that is open and empty. */
    @FunctionalInterface
    public interface Content {
        void writeTo(FileChannel file) throws IOException;
    }

    /** Writes text as UTF-8, in place of a file that may be there. */
    public static void write(Path file, String text) {
        write(file, channel -> writeAll(channel, ByteBuffer.wrap(text.getBytes(UTF_8))));
    }

    /** Writes a file, in place of one that may be there. */
    public static void write(Path file, Content content) {
        if (Files.isDirectory(file)) { // a move takes the place of an empty folder without a word
            throw new TouchstoneException(file + " is a folder; give the name of a file to write");
        }
        Path beside = file.resolveSibling(file.getFileName() + ".new");
        beside.toFile().deleteOnExit();
        try {
            try (FileChannel channel = FileChannel.open(
                    beside,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE)) {
                content.writeTo(channel);
            }
            move(beside, file);
        } catch (IOException e) {
            throw Problems.unwritable(file, e);
        } finally {
            beside.toFile().delete();
        }
    }

    private static void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
