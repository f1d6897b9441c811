package dev.touchstone.tokenizer.pretokenizer;

import dev.touchstone.tokenizer.text.Piece;
import java.util.function.Consumer;

/** Splits text into pieces, such as words; no token extends beyond a piece. */
@FunctionalInterface
public interface PreTokenizer {
    /** The whole text is one piece. */
    PreTokenizer NONE = (text, pieces) -> {
        if (!text.isEmpty()) {
            pieces.accept(text);
        }
    };

    /** Passes on the pieces of a text, in order; none is empty. */
    void split(Piece text, Consumer<Piece> pieces);

    /** This pre-tokenizer, followed by another that splits its pieces. */
    default PreTokenizer then(PreTokenizer next) {
        return (text, pieces) -> split(text, piece -> next.split(piece, pieces));
    }
}
