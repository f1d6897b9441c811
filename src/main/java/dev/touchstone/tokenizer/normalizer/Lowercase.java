package dev.touchstone.tokenizer.normalizer;

import dev.touchstone.tokenizer.text.Piece;
import dev.touchstone.tokenizer.unicode.Characters;

/** Lower case, character by character. */
public record Lowercase() implements Normalizer {
    @Override
    public Piece normalize(Piece piece) {
        return piece.map(Characters::toLowerCase);
    }
}
