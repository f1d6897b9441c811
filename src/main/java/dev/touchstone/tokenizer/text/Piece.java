package dev.touchstone.tokenizer.text;

import java.util.function.UnaryOperator;

/**
 * A piece of the input on its way to tokens.
 *
 * @param fromStart how many chars at the beginning of the text come from the first character of the input; 0 in all pieces
 *     but the first. The prepend scheme "first" of Metaspace depends on it.
 */
public record Piece(String text, int fromStart) {
    /** The whole input. */
    public static Piece input(String text) {
        return new Piece(text, text.isEmpty() ? 0 : Character.charCount(text.codePointAt(0)));
    }

    /** Whether it is the beginning of the input. */
    public boolean isFirst() {
        return fromStart > 0;
    }

    public boolean isEmpty() {
        return text.isEmpty();
    }

    /** A part of it. */
    public Piece slice(int from, int to) {
        return from == 0 && to == text.length()
                ? this
                : new Piece(text.substring(from, to), Math.max(0, Math.min(fromStart, to) - from));
    }

    /** With a string prepended. */
    public Piece prepend(String start) {
        return new Piece(start + text, isFirst() ? start.length() + fromStart : 0);
    }

    /** With its characters changed, each by itself. */
    public Piece map(UnaryOperator<String> change) {
        String changed = change.apply(text);
        int first = isFirst() ? change.apply(text.substring(0, fromStart)).length() : 0;
        return new Piece(changed, Math.min(first, changed.length()));
    }
}
