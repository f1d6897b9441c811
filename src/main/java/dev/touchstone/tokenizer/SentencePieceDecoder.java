package dev.touchstone.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Decodes tokens of SentencePiece: spaces are written {@code ▁}, tokens such as {@code <0xE2>} are bytes, and the leading
 * space of the text is removed. In {@code tokenizer.json} it is the sequence Replace, ByteFallback, Fuse, Strip.
 *
 * @param spelling the string to replace, {@code ▁}
 * @param meaning its replacement, a space
 * @param byteFallback whether there are byte tokens; a run of them that is not UTF-8 becomes one U+FFFD for each byte
 * @param stripped the character to remove at the beginning of the text
 * @param most the largest number of such characters to remove
 */
public record SentencePieceDecoder(String spelling, String meaning, boolean byteFallback, char stripped, int most)
        implements Decoder {
    private static final Pattern BYTE = Pattern.compile("<0x[0-9A-Fa-f]{2}>");

    @Override
    public Stream stream() {
        return new Stream() {
            private final ByteArrayOutputStream run = new ByteArrayOutputStream();
            private int left = most;

            @Override
            public String add(String token) {
                String text = token.replace(spelling, meaning);
                if (isByte(text)) {
                    run.write(value(text));
                    return "";
                }
                return begin(ended() + text);
            }

            @Override
            public String flush() {
                return begin(ended());
            }

            /** The text of a finished run of bytes; until it ends, it may still turn out not to be UTF-8. */
            private String ended() {
                String text = text(run.toByteArray());
                run.reset();
                return text;
            }

            private String begin(String text) {
                int cut = 0;
                while (left > 0 && cut < text.length()) {
                    left = text.charAt(cut) == stripped ? left - 1 : 0;
                    cut += text.charAt(cut) == stripped ? 1 : 0;
                }
                return text.substring(cut);
            }
        };
    }

    @Override
    public byte[] bytes(String token) {
        String text = token.replace(spelling, meaning);
        return isByte(text) ? new byte[] {(byte) value(text)} : text.getBytes(StandardCharsets.UTF_8);
    }

    private boolean isByte(String text) {
        return byteFallback && BYTE.matcher(text).matches();
    }

    private static int value(String token) {
        return Integer.parseInt(token.substring(3, 5), 16);
    }

    private static String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return "\uFFFD".repeat(bytes.length);
        }
    }
}
