package dev.touchstone.tokenizer.pretokenizer;

import dev.touchstone.tokenizer.text.Piece;
import java.util.function.Consumer;

/** Splits text into pieces of so many characters; the last piece may have fewer. */
public record FixedLength(int length) implements PreTokenizer {
    @Override
    public void split(Piece text, Consumer<Piece> pieces) {
        String chars = text.text();
        int start = 0;
        int count = 0;
        for (int i = 0; i < chars.length(); i += Character.charCount(chars.codePointAt(i))) {
            if (count++ == length) {
                pieces.accept(text.slice(start, i));
                start = i;
                count = 1;
            }
        }
        if (start < chars.length()) {
            pieces.accept(text.slice(start, chars.length()));
        }
    }
}
