package dev.touchstone.tokenizer.normalizer;

import dev.touchstone.tokenizer.text.Piece;

/** Removes most control characters and replaces others, some spaces and U+2581 with a space. */
public record Nmt() implements Normalizer {
    @Override
    public Piece normalize(Piece piece) {
        return piece.map(Nmt::clean);
    }

    private static String clean(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        text.codePoints().filter(c -> !isRemoved(c)).forEach(c -> clean.appendCodePoint(isSpace(c) ? ' ' : c));
        return clean.toString();
    }

    private static boolean isRemoved(int c) {
        return c >= 0x01 && c <= 0x08 || c == 0x0B || c >= 0x0E && c <= 0x1F || c == 0x7F || c == 0x8F || c == 0x9F;
    }

    private static boolean isSpace(int c) {
        return c == '\t'
                || c == '\n'
                || c == '\f'
                || c == '\r'
                || c == 0x1680
                || c >= 0x200B && c <= 0x200F
                || c == 0x2028
                || c == 0x2029
                || c == 0x2581
                || c == 0xFEFF
                || c == 0xFFFD;
    }
}
