package dev.touchstone.tokenizer.normalizer;

import dev.touchstone.tokenizer.text.Piece;

/** Prepends a string to every text that is not empty. */
public record Prepend(String start) implements Normalizer {
    @Override
    public Piece normalize(Piece piece) {
        return piece.isEmpty() ? piece : piece.prepend(start);
    }
}
