package dev.touchstone.tokenizer.regex;

/** Finds matches in text: a literal string or a regular expression. */
@FunctionalInterface
public interface Pattern {
    /** Passes on all matches in a text, from left to right, without overlaps. */
    void find(String text, Matches matches);

    /** Receives matches: the first and the last offset, exclusive, in chars. */
    @FunctionalInterface
    interface Matches {
        /** A match. */
        void match(int start, int end);
    }

    /** A pattern for a string; an empty one matches before every character and at the end. */
    static Pattern literal(String literal) {
        if (literal.isEmpty()) {
            return new Regex("");
        }
        return (text, matches) -> {
            for (int at = text.indexOf(literal); at >= 0; at = text.indexOf(literal, at + literal.length())) {
                matches.match(at, at + literal.length());
            }
        };
    }
}
