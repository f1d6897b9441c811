package dev.touchstone.tokenizer.normalizer;

import dev.touchstone.tokenizer.text.Piece;
import dev.touchstone.tokenizer.unicode.Characters;

/** Removes white space at the beginning of a text, at its end, or both. */
public record Strip(boolean left, boolean right) implements Normalizer {
    @Override
    public Piece normalize(Piece piece) {
        String text = piece.text();
        int from = 0;
        int to = text.length();
        while (left && from < to && Characters.isWhiteSpace(text.charAt(from))) {
            from++;
        }
        while (right && to > from && Characters.isWhiteSpace(text.charAt(to - 1))) {
            to--;
        }
        return piece.slice(from, to);
    }
}
