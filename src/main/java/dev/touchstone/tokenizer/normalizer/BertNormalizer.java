package dev.touchstone.tokenizer.normalizer;

import dev.touchstone.tokenizer.text.Piece;
import dev.touchstone.tokenizer.unicode.Characters;
import java.text.Normalizer.Form;

/**
 * BERT's normalizer: several steps, in this order.
 *
 * @param cleanText whether to remove control characters and U+FFFD, and to replace white space with spaces
 * @param separateChinese whether to put spaces around ideographs
 * @param stripAccents whether to decompose letters and remove their marks
 */
public record BertNormalizer(boolean cleanText, boolean separateChinese, boolean stripAccents, boolean lowercase)
        implements Normalizer {
    private static final Normalizer DECOMPOSED = new UnicodeForm(Form.NFD);
    private static final Normalizer LOWERCASE = new Lowercase();

    @Override
    public Piece normalize(Piece piece) {
        Piece normal = cleanText ? piece.map(BertNormalizer::clean) : piece;
        normal = separateChinese ? normal.map(BertNormalizer::separate) : normal;
        normal = stripAccents ? DECOMPOSED.normalize(normal).map(BertNormalizer::withoutMarks) : normal;
        return lowercase ? LOWERCASE.normalize(normal) : normal;
    }

    private static String clean(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            boolean isSpace = c == '\t' || c == '\n' || c == '\r';
            if (isSpace || c != 0xFFFD && !Characters.isControl(c)) {
                clean.appendCodePoint(isSpace || Characters.isWhiteSpace(c) ? ' ' : c);
            }
        });
        return clean.toString();
    }

    private static String separate(String text) {
        StringBuilder separate = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (isChinese(c)) {
                separate.append(' ').appendCodePoint(c).append(' ');
            } else {
                separate.appendCodePoint(c);
            }
        });
        return separate.toString();
    }

    private static String withoutMarks(String text) {
        StringBuilder kept = new StringBuilder(text.length());
        text.codePoints().filter(c -> !Characters.isNonspacingMark(c)).forEach(kept::appendCodePoint);
        return kept.toString();
    }

    /** The blocks of the library; that of U+2B820 to U+2B91F is missing there too. */
    private static boolean isChinese(int c) {
        return c >= 0x4E00 && c <= 0x9FFF
                || c >= 0x3400 && c <= 0x4DBF
                || c >= 0x20000 && c <= 0x2A6DF
                || c >= 0x2A700 && c <= 0x2B81F
                || c >= 0x2B920 && c <= 0x2CEAF
                || c >= 0xF900 && c <= 0xFAFF
                || c >= 0x2F800 && c <= 0x2FA1F;
    }
}
