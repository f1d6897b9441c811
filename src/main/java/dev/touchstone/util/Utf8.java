package dev.touchstone.util;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Text files in UTF-8. */
public final class Utf8 {
    /** What Java puts in the place of bytes that are not UTF-8. A text may also contain it. */
    private static final char REPLACEMENT = '\uFFFD';

    private Utf8() {}

    /** The text of a file. Throws a {@link TouchstoneException} if it cannot be read or is not UTF-8. */
    public static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw Problems.unreadable(file.toString(), e);
        }
    }

    /** The text of {@code content}, the bytes of {@code file}. Throws a {@link TouchstoneException} if they are not UTF-8. */
    public static String text(String file, byte[] content) {
        String text = new String(content, UTF_8); // faster than a decoder that refuses what is not UTF-8
        return text.indexOf(REPLACEMENT) < 0 ? text : strictText(file, content);
    }

    private static String strictText(String file, byte[] content) {
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
        } catch (CharacterCodingException e) {
            throw new TouchstoneException(file + " is not UTF-8; download or save it again", e);
        }
    }
}
