package dev.touchstone.tokenizer.pretokenizer;

import dev.touchstone.tokenizer.text.Piece;
import dev.touchstone.tokenizer.unicode.Characters;
import java.util.function.Consumer;

/** Splits text into runs of word characters and runs of others, without white space: {@code \w+|[^\w\s]+}. */
public record Whitespace() implements PreTokenizer {
    private enum Kind {
        WORD,
        SPACE,
        OTHER
    }

    @Override
    public void split(Piece text, Consumer<Piece> pieces) {
        String chars = text.text();
        int start = 0;
        Kind kind = Kind.SPACE;
        for (int i = 0; i < chars.length(); i += Character.charCount(chars.codePointAt(i))) {
            Kind next = kind(chars.codePointAt(i));
            if (next != kind) {
                put(text, start, i, kind, pieces);
                start = i;
                kind = next;
            }
        }
        put(text, start, chars.length(), kind, pieces);
    }

    private static void put(Piece text, int start, int end, Kind kind, Consumer<Piece> pieces) {
        if (kind != Kind.SPACE) {
            pieces.accept(text.slice(start, end));
        }
    }

    private static Kind kind(int c) {
        return Characters.isWord(c) ? Kind.WORD : Characters.isWhiteSpace(c) ? Kind.SPACE : Kind.OTHER;
    }
}
