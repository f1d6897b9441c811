package dev.touchstone.util;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/** Text files in UTF-8. */
public final class Utf8 {
    private Utf8() {}

    /** The text of {@code content}, the bytes of {@code file}. Throws a {@link TouchstoneException} if they are not UTF-8. */
    public static String text(String file, byte[] content) {
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
        } catch (CharacterCodingException e) {
            throw new TouchstoneException(file + " is not UTF-8; download or save it again", e);
        }
    }
}
