package dev.touchstone.tokenizer;

import java.util.function.Consumer;

/** Text -> pieces, such as words; no token reaches over the border of a piece. */
@FunctionalInterface
public interface PreTokenizer {
    /** All text is one piece. */
    PreTokenizer NONE = (text, pieces) -> {
        if (!text.isEmpty()) {
            pieces.accept(text);
        }
    };

    /** Hands over the pieces of a text, in order, none of them empty. */
    void split(String text, Consumer<String> pieces);

    /** Splits the pieces of this one further, with the next one. */
    default PreTokenizer then(PreTokenizer next) {
        return (text, pieces) -> split(text, piece -> next.split(piece, pieces));
    }
}
