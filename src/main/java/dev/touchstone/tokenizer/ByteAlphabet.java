package dev.touchstone.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * GPT-2's spelling of bytes as visible characters, {@code bytes_to_unicode} in its code: the 188 bytes that are printable
 * in Latin-1 stand for themselves, the other 68 are U+0100, U+0101 and so on, in order. So a space is {@code Ġ}, a line
 * feed {@code Ċ}, and {@code é}, two bytes in UTF-8, is {@code Ã©}.
 */
final class ByteAlphabet {
    private static final char[] CHAR_OF_BYTE = new char[256];
    private static final int[] BYTE_OF_CHAR = new int[256 + 68];

    static {
        Arrays.fill(BYTE_OF_CHAR, -1);
        char next = 256;
        for (int b = 0; b < 256; b++) {
            boolean printable = b >= '!' && b <= '~' || b >= '¡' && b <= '¬' || b >= '®';
            CHAR_OF_BYTE[b] = printable ? (char) b : next++;
            BYTE_OF_CHAR[CHAR_OF_BYTE[b]] = b;
        }
    }

    private ByteAlphabet() {}

    /** A text -> its UTF-8 bytes, each spelled as a character. */
    static String spell(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        char[] spelled = new char[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            spelled[i] = CHAR_OF_BYTE[bytes[i] & 0xFF];
        }
        return new String(spelled);
    }

    /**
     * A spelling -> the bytes. One with a character from outside the alphabet, as an added token may have, stands for its
     * own UTF-8, as Hugging Face has it.
     */
    static byte[] bytes(String spelling) {
        byte[] bytes = new byte[spelling.length()];
        for (int i = 0; i < bytes.length; i++) {
            char c = spelling.charAt(i);
            if (c >= BYTE_OF_CHAR.length || BYTE_OF_CHAR[c] < 0) {
                return spelling.getBytes(StandardCharsets.UTF_8);
            }
            bytes[i] = (byte) BYTE_OF_CHAR[c];
        }
        return bytes;
    }
}
