package dev.touchstone.tokenizer.normalizer;

import dev.touchstone.tokenizer.text.ByteAlphabet;
import dev.touchstone.tokenizer.text.Piece;

/** Maps the bytes of a text to the {@link ByteAlphabet}. */
public record ByteLevelNormalizer() implements Normalizer {
    @Override
    public Piece normalize(Piece piece) {
        return piece.map(ByteAlphabet::spell);
    }
}
