package dev.touchstone.tokenizer.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * GPT-2's mapping of bytes to visible characters, {@code bytes_to_unicode} in its code: the 188 bytes that are printable
 * in Latin-1 map to themselves, the other 68 to U+0100, U+0101 and so on, in order. A space becomes {@code Ġ}, a line feed
 * {@code Ċ}, and {@code é}, two bytes in UTF-8, {@code Ã©}.
 */
public final class ByteAlphabet {
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

    /** The UTF-8 bytes of a text, each mapped to its character. */
    public static String spell(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        char[] spelled = new char[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            spelled[i] = CHAR_OF_BYTE[bytes[i] & 0xFF];
        }
        return new String(spelled);
    }

    /**
     * The bytes of mapped characters. If any character is outside the alphabet, as in some added tokens, the result is
     * the string's own UTF-8, as in Hugging Face's library.
     */
    public static byte[] bytes(String spelling) {
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
