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

    /** How text is split that does not begin a text, but stands after an added token: in the same way, most often. */
    default PreTokenizer later() {
        return this;
    }

    /** Splits the pieces of this one further, with the next one. */
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
