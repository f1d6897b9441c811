package dev.touchstone.tokenizer;

import dev.touchstone.util.TouchstoneException;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Splits text by a regular expression into matches and what lies between them. {@code \p{L}}, {@code \p{N}} and
 * {@code \s} mean what {@link Unicode16} says.
 */
public final class RegexSplit implements PreTokenizer {
    /** GPT-2's words, from its {@code encoder.py}: contractions, letters, numbers, the rest, and spaces but the last one. */
    public static final String GPT2 =
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

    /** What becomes of a match, under the names of Hugging Face. Of {@code a-b}, matched by {@code -}: */
    public enum Behavior {
        /** {@code a - b} */
        ISOLATED,
        /** {@code a b} */
        REMOVED,
        /** {@code a- b} */
        MERGED_WITH_PREVIOUS,
        /** {@code a -b} */
        MERGED_WITH_NEXT,
        /** {@code a - b}, but several matches in a row are one piece */
        CONTIGUOUS;

        /** Whether a stretch of text is of one piece with the one before it. */
        private boolean joins(boolean matchBefore, boolean match) {
            return switch (this) {
                case ISOLATED, REMOVED -> false;
                case MERGED_WITH_PREVIOUS -> match && !matchBefore;
                case MERGED_WITH_NEXT -> matchBefore && !match;
                case CONTIGUOUS -> match == matchBefore;
            };
        }
    }

    private final Pattern pattern;
    private final Behavior behavior;
    private final boolean invert;

    /**
     * A split as {@code tokenizer.json} describes it.
     *
     * @param invert whether what lies between the matches counts as the matches
     */
    public RegexSplit(String regex, Behavior behavior, boolean invert) {
        this.pattern = pattern(regex);
        this.behavior = behavior;
        this.invert = invert;
    }

    /** Pieces are the matches and what lies between them. */
    public static RegexSplit isolating(String regex) {
        return new RegexSplit(regex, Behavior.ISOLATED, false);
    }

    /** Pieces are the matches alone. */
    public static RegexSplit keeping(String regex) {
        return new RegexSplit(regex, Behavior.REMOVED, true);
    }

    /** A regular expression with the meanings it has in Hugging Face's library. */
    public static Pattern pattern(String regex) {
        // Without the first flag Java's \s is ASCII, and neither U+00A0 nor U+3000 would be a space; without the second
        // one a dot matches neither \r nor U+2028.
        return Pattern.compile(regex, Pattern.UNICODE_CHARACTER_CLASS | Pattern.UNIX_LINES);
    }

    @Override
    public void split(String text, Consumer<String> pieces) {
        Matcher matcher = pattern.matcher(Unicode16.asSeenByThisJdk(text));
        Stretches stretches = new Stretches(text, pieces);
        int end = 0;
        try {
            while (matcher.find()) {
                boolean emptyAfterMatch = matcher.end() == matcher.start() && matcher.start() == end && end > 0;
                if (!emptyAfterMatch) {
                    stretches.add(end, matcher.start(), invert);
                    stretches.addMatch(matcher.end());
                    end = matcher.end();
                }
            }
        } catch (StackOverflowError e) { // Java's regular expressions recurse
            throw new TouchstoneException("a text of " + text.length() + " characters is too long for the tokenizer's"
                    + " regular expression " + pattern + "; shorten the text");
        }
        stretches.add(end, text.length(), invert);
        stretches.flush();
    }

    /** Joins stretches of text, matches and others in turn, to pieces. */
    private final class Stretches {
        private final String text;
        private final Consumer<String> pieces;
        private int start;
        private int end;
        private boolean match;
        private boolean any;

        Stretches(String text, Consumer<String> pieces) {
            this.text = text;
            this.pieces = pieces;
        }

        void addMatch(int to) {
            put(end, to, !invert);
        }

        void add(int from, int to, boolean isMatch) {
            if (from < to) {
                put(from, to, isMatch);
            }
        }

        private void put(int from, int to, boolean isMatch) {
            if (!any || !behavior.joins(match, isMatch)) {
                flush();
                start = from;
            }
            end = to;
            match = isMatch;
            any = true;
        }

        void flush() {
            if (start < end && !(match && behavior == Behavior.REMOVED)) {
                pieces.accept(text.substring(start, end));
            }
            start = end;
        }
    }
}
