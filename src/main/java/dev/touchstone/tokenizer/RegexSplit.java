package dev.touchstone.tokenizer;

import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Splits text by a regular expression: every match is a piece, and so is what lies between two ("isolated" to Hugging
 * Face). {@code \p{L}}, {@code \p{N}} and {@code \s} mean what {@link Unicode16} says.
 */
public final class RegexSplit implements PreTokenizer {
    /** GPT-2's words, from its {@code encoder.py}: contractions, letters, numbers, the rest, and spaces but the last one. */
    public static final String GPT2 =
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

    private final Pattern pattern;
    private final boolean keepGaps;

    private RegexSplit(String regex, boolean keepGaps) {
        // Without the flag Java's \s is ASCII, and neither U+00A0 nor U+3000 would be a space.
        this.pattern = Pattern.compile(regex, Pattern.UNICODE_CHARACTER_CLASS);
        this.keepGaps = keepGaps;
    }

    /** Pieces are the matches and what lies between them. */
    public static RegexSplit isolating(String regex) {
        return new RegexSplit(regex, true);
    }

    /** Pieces are the matches alone. */
    public static RegexSplit keeping(String regex) {
        return new RegexSplit(regex, false);
    }

    @Override
    public void split(String text, Consumer<String> pieces) {
        Matcher matcher = pattern.matcher(Unicode16.asSeenByThisJdk(text));
        int end = 0;
        while (matcher.find()) {
            piece(text, end, keepGaps ? matcher.start() : end, pieces);
            piece(text, matcher.start(), matcher.end(), pieces);
            end = matcher.end();
        }
        piece(text, end, keepGaps ? text.length() : end, pieces);
    }

    private static void piece(String text, int start, int end, Consumer<String> pieces) {
        if (start < end) {
            pieces.accept(text.substring(start, end));
        }
    }
}
