package dev.touchstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.batch.BatchRow;
import dev.touchstone.util.Problems;
import dev.touchstone.util.Sha256;
import dev.touchstone.util.TouchstoneException;
import dev.touchstone.util.WholeFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;

/**
 * The output file of a batch, which can be continued after an interruption. Until all prompts are done the lines are in
 * {@code FILE.part}, after a first line that identifies the prompts and settings; then they are moved to {@code FILE}.
 */
final class BatchOutput implements AutoCloseable {
    private final Path file;
    private final Path part;
    private final FileChannel channel;
    private final String identity;
    private final int done;

    private BatchOutput(Path file, String identity) throws IOException {
        this.file = file;
        this.part = file.resolveSibling(file.getFileName() + ".part");
        this.identity = identity;
        this.channel =
                FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            this.done = recover();
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Opens the lines of an interrupted run, if there are any. Rejects those of other prompts or settings. */
    static BatchOutput open(Path file, List<BatchRow> rows, String settings) {
        ObjectNode identity = JsonNodeFactory.instance.objectNode();
        identity.put("settings", settings).put("prompts", digest(rows));
        try {
            return new BatchOutput(file, identity.toString());
        } catch (IOException e) {
            throw Problems.unwritable(file, e);
        }
    }

    /** The number of prompts that are done already. */
    int done() {
        return done;
    }

    /** Appends a line, which is on disk when this returns. */
    void add(String line) {
        try {
            write(line);
        } catch (IOException e) {
            throw Problems.unwritable(part, e);
        }
    }

    /** Moves the lines to their file: all prompts are done. */
    void finish() {
        WholeFile.write(file, this::copyAnswers);
        close();
        try {
            Files.delete(part);
        } catch (IOException e) {
            throw Problems.unwritable(part, e);
        }
    }

    private void copyAnswers(FileChannel to) throws IOException {
        long from = identity.getBytes(UTF_8).length + 1;
        while (from < channel.size()) {
            from += channel.transferTo(from, channel.size() - from, to);
        }
        to.force(true); // the part file is deleted next
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw Problems.unwritable(part, e);
        }
    }

    /** Reads the number of lines and cuts off the last one if it is incomplete. */
    private int recover() throws IOException {
        FileLock lock = channel.tryLock();
        if (lock == null) {
            throw new TouchstoneException(part + " is being written by another run; wait for it");
        }
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(channel.size()));
        while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
        int end = bytes.position();
        while (end > 0 && bytes.get(end - 1) != '\n') {
            end--;
        }
        String kept = new String(bytes.array(), 0, end, UTF_8);
        channel.truncate(end);
        channel.position(channel.size());
        if (kept.isEmpty()) {
            write(identity);
            return 0;
        }
        if (!kept.startsWith(identity + "\n")) {
            throw new TouchstoneException(
                    part + " belongs to other prompts or settings; run that command again to finish it, or delete"
                            + " the file to start over");
        }
        return (int) kept.chars().filter(c -> c == '\n').count() - 1;
    }

    private void write(String line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        channel.force(false);
    }

    private static String digest(List<BatchRow> rows) {
        MessageDigest sha = Sha256.begin();
        for (BatchRow row : rows) {
            sha.update((row.given() + "\n" + row.prompt() + "\n").getBytes(UTF_8));
        }
        return HexFormat.of().formatHex(sha.digest());
    }
}
