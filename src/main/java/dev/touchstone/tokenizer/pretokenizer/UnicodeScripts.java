package dev.touchstone.tokenizer.pretokenizer;

import dev.touchstone.tokenizer.text.Piece;
import dev.touchstone.tokenizer.unicode.Scripts;
import java.util.function.Consumer;

/**
 * Splits text where the script changes. Spaces and characters without a script belong to the piece before them; at the
 * beginning of a text they are removed.
 */
public record UnicodeScripts() implements PreTokenizer {
    @Override
    public void split(Piece text, Consumer<Piece> pieces) {
        String chars = text.text();
        int start = -1;
        int script = Scripts.NONE;
        for (int i = 0; i < chars.length(); i += Character.charCount(chars.codePointAt(i))) {
            int next = Scripts.of(chars.codePointAt(i));
            if (next != Scripts.NONE && next != script) {
                if (start >= 0) {
                    pieces.accept(text.slice(start, i));
                }
                start = i;
                script = next;
            }
        }
        if (start >= 0) {
            pieces.accept(text.slice(start, chars.length()));
        }
    }
}
