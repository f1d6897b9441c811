package dev.touchstone.tokenizer;

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
    void split(String text, Consumer<String> pieces);

    /** The pre-tokenizer for text after an added token; most pre-tokenizers treat it like the beginning. */
    default PreTokenizer later() {
        return this;
    }

    /** This pre-tokenizer, followed by another that splits its pieces. */
    default PreTokenizer then(PreTokenizer next) {
        PreTokenizer first = this;
        return new PreTokenizer() {
            @Override
            public void split(String text, Consumer<String> pieces) {
                first.split(text, piece -> next.split(piece, pieces));
            }

            @Override
            public PreTokenizer later() {
                return first.later() == first && next.later() == next
                        ? this
                        : first.later().then(next.later());
            }
        };
    }
}
