package dev.touchstone.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.HexFormat;

/** Formats tokens for display: in quotes, with escapes for invisible characters. */
public final class TokenText {
    private TokenText() {}

    /** Such as {@code " the"}, {@code "\n"}, or {@code "\xF0\x9F"} for a part of a character. */
    public static String quoted(Tokenizer tokenizer, int id) {
        byte[] bytes = tokenizer.bytes(id);
        try {
            return quoted(UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException e) {
            return "\"" + HexFormat.of().withUpperCase().withPrefix("\\x").formatHex(bytes) + "\"";
        }
    }

    /** A text in quotes, such as {@code "a\nb"}. */
    public static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints().forEach(c -> quoted.append(visible(c)));
        return quoted.append('"').toString();
    }

    private static String visible(int c) {
        return switch (c) {
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            default -> isVisible(c) ? Character.toString(c) : String.format("\\u%04X", c);
        };
    }

    private static boolean isVisible(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> c == ' ' || !Character.isSpaceChar(c);
        };
    }
}
