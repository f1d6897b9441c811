package dev.touchstone.tokenizer.normalizer;

import dev.touchstone.tokenizer.text.Piece;
import dev.touchstone.tokenizer.unicode.Characters;

/** Removes combining marks; letters that are composed with one are kept. */
public record StripAccents() implements Normalizer {
    @Override
    public Piece normalize(Piece piece) {
        return piece.map(StripAccents::withoutMarks);
    }

    private static String withoutMarks(String text) {
        StringBuilder kept = new StringBuilder(text.length());
        text.codePoints().filter(c -> !Characters.isMark(c)).forEach(kept::appendCodePoint);
        return kept.toString();
    }
}
