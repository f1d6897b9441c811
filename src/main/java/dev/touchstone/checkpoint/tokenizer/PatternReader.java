package dev.touchstone.checkpoint.tokenizer;

import dev.touchstone.tokenizer.RegexSplit;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Reads a pattern: {@code {"String": " "}} or {@code {"Regex": "\\s+"}}. Hugging Face's library uses Oniguruma. Constructs
 * that mean the same in java.util.regex, on every JDK, and cannot take exponential time are supported.
 */
final class PatternReader {
    /**
     * The classes of {@code Unicode16}, characters and their escapes, groups without names. Not: anchors, which have other
     * meanings in Oniguruma; repeated groups, which can take exponential time.
     */
    private static final Pattern SUPPORTED = Pattern.compile("""
            (?: \\\\[pP]\\{[LN]\\} | \\\\[sSrnt] | \\\\[^\\p{Alnum}]
              | \\[\\^?+ (?! : )
              | \\((?! \\? ) | \\(\\?(?: : | i: | ! | = )
              | \\)(?! [*+{] )
              | \\}(?! \\+ )
              | [^\\\\\\[()}^$] )*+""", Pattern.COMMENTS);

    private PatternReader() {}

    /** The string of a pattern that must not be a regular expression. */
    static String literal(Component part) {
        Component pattern = part.part("pattern").allow("String");
        String literal = pattern.string("String");
        if (literal.isEmpty()) {
            throw pattern.error("String is empty; expected at least one character");
        }
        return literal;
    }

    /** A pattern as a regular expression of java.util.regex. */
    static String regex(Component part) {
        Component pattern = part.part("pattern").allow("String", "Regex");
        if (!pattern.has("Regex")) {
            return Pattern.quote(literal(part));
        }
        String regex = pattern.string("Regex");
        try {
            if (SUPPORTED.matcher(regex).matches()) {
                RegexSplit.pattern(regex);
                return regex;
            }
        } catch (PatternSyntaxException e) {
            // The error below.
        }
        throw pattern.error("Regex \"" + regex + "\" is not supported; supported are characters, \\p{L}, \\p{N}, \\s,"
                + " classes and groups of them, *, +, ? and {n,m}, but no group that is repeated");
    }
}
