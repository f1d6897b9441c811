package dev.touchstone.tokenizer.pretokenizer;

import dev.touchstone.tokenizer.regex.Pattern;
import dev.touchstone.tokenizer.regex.Regex;
import dev.touchstone.tokenizer.text.Piece;
import java.util.function.Consumer;

/**
 * Splits text by a pattern into matches and the text between them.
 *
 * @param invert whether to swap the roles of the matches and the text between them
 */
public record Split(Pattern pattern, Behavior behavior, boolean invert) implements PreTokenizer {
    /** Pieces are the matches of a regular expression and the text between them. */
    public static Split isolating(String regex) {
        return new Split(new Regex(regex), Behavior.ISOLATED, false);
    }

    @Override
    public void split(Piece text, Consumer<Piece> pieces) {
        Ranges ranges = new Ranges(text, pieces);
        pattern.find(text.text(), (start, end) -> {
            if (ranges.end < start) {
                ranges.add(start, invert);
            }
            ranges.add(end, !invert);
        });
        if (ranges.end < text.text().length()) {
            ranges.add(text.text().length(), invert);
        }
        ranges.flush();
    }

    /** Joins ranges of text, matches or not, into pieces. */
    private final class Ranges {
        private final Piece text;
        private final Consumer<Piece> pieces;
        private int start;
        private int end;
        private boolean match;
        private boolean any;

        Ranges(Piece text, Consumer<Piece> pieces) {
            this.text = text;
            this.pieces = pieces;
        }

        /** Adds the range from the last end to another. */
        void add(int to, boolean isMatch) {
            if (!any || !behavior.joins(match, isMatch)) {
                flush();
            }
            end = to;
            match = isMatch;
            any = true;
        }

        void flush() {
            if (start < end && !(match && behavior == Behavior.REMOVED)) {
                pieces.accept(text.slice(start, end));
            }
            start = end;
        }
    }
}
