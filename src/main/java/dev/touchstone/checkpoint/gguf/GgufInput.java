package dev.touchstone.checkpoint.gguf;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.touchstone.checkpoint.files.ByteSource;
import dev.touchstone.util.TouchstoneException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;

/** Reads the little-endian numbers and strings of a GGUF header one after the other. Never reads beyond the end of the file. */
final class GgufInput {
    private static final int CHUNK = 1 << 16;
    /** Decoding replaces bytes that are not UTF-8 with this character. */
    private static final char REPLACEMENT = '\uFFFD';

    /** A string is not longer than this many bytes. The longest of real files are chat templates. */
    private static final int LONGEST_STRING = 1 << 24;

    private final String file;
    private final ByteSource source;
    private final ByteBuffer buffer =
            ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN).limit(0);
    private long next; // the position in the file of the byte after the buffer

    GgufInput(String file, ByteSource source) {
        this.file = file;
        this.source = source;
    }

    /** The position in the file of the next byte. */
    long position() {
        return next - buffer.remaining();
    }

    /** The number of bytes until the end of the file. */
    long remaining() {
        return source.size() - position();
    }

    byte int8() throws IOException {
        return filled(Byte.BYTES).get();
    }

    short int16() throws IOException {
        return filled(Short.BYTES).getShort();
    }

    int int32() throws IOException {
        return filled(Integer.BYTES).getInt();
    }

    long int64() throws IOException {
        return filled(Long.BYTES).getLong();
    }

    /**
     * A number of items that follow.
     *
     * @param what the items, for the message
     * @param bytes the smallest number of bytes that an item takes
     * @throws TouchstoneException if the rest of the file is too short for them
     */
    int count(String what, int bytes) throws IOException {
        long count = int64();
        if (count < 0 || count > remaining() / bytes || count > Integer.MAX_VALUE - 8) {
            throw new TouchstoneException(file + " announces " + Long.toUnsignedString(count) + " " + what
                    + ", but only " + remaining() + " bytes follow: it is damaged; download it again");
        }
        return (int) count;
    }

    /** A length of 64 bits, then UTF-8. */
    String string() throws IOException {
        int length = count("bytes of a string", 1);
        if (length > LONGEST_STRING) {
            throw new TouchstoneException(file + " has a string of " + length + " bytes, expected at most "
                    + LONGEST_STRING + ": it is damaged; download it again");
        }
        if (length <= CHUNK) {
            ByteBuffer filled = filled(length);
            String text = new String(filled.array(), filled.position(), length, UTF_8);
            if (text.indexOf(REPLACEMENT) < 0) { // else it may not be UTF-8
                filled.position(filled.position() + length);
                return text;
            }
        }
        byte[] bytes = new byte[length];
        for (int at = 0; at < length; ) {
            ByteBuffer filled = filled(1);
            int part = Math.min(filled.remaining(), length - at);
            filled.get(bytes, at, part);
            at += part;
        }
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new TouchstoneException(file + " has a string that is not UTF-8 before byte " + position()
                    + ": it is damaged; download it again");
        }
    }

    /** The buffer with at least this many bytes. */
    private ByteBuffer filled(int bytes) throws IOException {
        if (buffer.remaining() < bytes) {
            if (remaining() < bytes) {
                throw new TouchstoneException(
                        file + " ends at byte " + source.size() + " within its header; download it again");
            }
            buffer.compact().limit((int) Math.min(CHUNK, buffer.position() + source.size() - next));
            int kept = buffer.position();
            source.read(buffer, next);
            next += buffer.position() - kept;
            buffer.flip();
        }
        return buffer;
    }
}
