package dev.touchstone.tokenizer;

import dev.touchstone.util.TouchstoneException;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Splits text by a regular expression into matches and the text between them. {@code \p{L}}, {@code \p{N}} and {@code \s}
 * are those of {@link Unicode16}.
 */
public final class RegexSplit implements PreTokenizer {
    /** GPT-2's words, from its {@code encoder.py}: contractions, letters, numbers, the rest, and spaces but the last one. */
    public static final String GPT2 =
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

    /** What becomes of a match, with Hugging Face's names. Examples: {@code a-b} split by {@code -}. */
    public enum Behavior {
        /** {@code a - b} */
        ISOLATED,
        /** {@code a b} */
        REMOVED,
        /** {@code a- b} */
        MERGED_WITH_PREVIOUS,
        /** {@code a -b} */
        MERGED_WITH_NEXT,
        /** {@code a - b}, and adjacent matches form one piece */
        CONTIGUOUS;

        /** Whether a range of text belongs to the same piece as the range before it. */
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
     * A Split of {@code tokenizer.json}.
     *
     * @param invert whether to swap the roles of the matches and the text between them
     */
    public RegexSplit(String regex, Behavior behavior, boolean invert) {
        this.pattern = pattern(regex);
        this.behavior = behavior;
        this.invert = invert;
    }

    /** Pieces are the matches and the text between them. */
    public static RegexSplit isolating(String regex) {
        return new RegexSplit(regex, Behavior.ISOLATED, false);
    }

    /** Pieces are the matches only. */
    public static RegexSplit keeping(String regex) {
        return new RegexSplit(regex, Behavior.REMOVED, true);
    }

    /** A regular expression with the meaning that it has in Hugging Face's library. */
    public static Pattern pattern(String regex) {
        // Without the first flag \s is ASCII only, without U+00A0 and U+3000; without the second a dot would not match
        // \r and U+2028.
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
        } catch (StackOverflowError e) { // java.util.regex is recursive
            throw new TouchstoneException("a text of " + text.length() + " characters is too long for the tokenizer's"
                    + " regular expression " + pattern + "; shorten the text");
        }
        stretches.add(end, text.length(), invert);
        stretches.flush();
    }

    /** Joins ranges of text, matches or not, into pieces. */
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
