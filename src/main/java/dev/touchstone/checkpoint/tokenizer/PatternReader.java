package dev.touchstone.checkpoint.tokenizer;

import dev.touchstone.tokenizer.RegexSplit;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Reads a pattern: {@code {"String": " "}} or {@code {"Regex": "\\s+"}}. Hugging Face's regular expressions are Oniguruma's;
 * what means the same to Java, on every JDK, and cannot take forever is supported, the rest refused.
 */
final class PatternReader {
    /**
     * Classes that {@code Unicode16} knows, characters and their escapes, groups without names. Not: anchors, which mean
     * other things to Oniguruma; a group that is repeated, which can take exponential time.
     */
    private static final Pattern SUPPORTED = Pattern.compile("""
            (?: \\\\[pP]\\{[LN]\\} | \\\\[sSrnt] | \\\\[^\\p{Alnum}]
              | \\[\\^?+ (?! : )
              | \\((?! \\? ) | \\(\\?(?: : | i: | ! | = )
              | \\)(?! [*+{] )
              | \\}(?! \\+ )
              | [^\\\\\\[()}^$] )*+""", Pattern.COMMENTS);

    private PatternReader() {}

    /** The string that a pattern must be. */
    static String literal(Component part) {
        Component pattern = part.part("pattern").allow("String");
        String literal = pattern.string("String");
        if (literal.isEmpty()) {
            throw pattern.error("String is empty; it needs what to look for");
        }
        return literal;
    }

    /** A pattern as a regular expression of Java's. */
    static String regex(Component part) {
        Component pattern = part.part("pattern").allow("String", "Regex");
        if (pattern.isUnset("Regex")) {
            return Pattern.quote(literal(part));
        }
        String regex = pattern.string("Regex");
        try {
            if (SUPPORTED.matcher(regex).matches()) {
                RegexSplit.pattern(regex);
                return regex;
            }
        } catch (PatternSyntaxException e) {
            // Refused with the others.
        }
        throw pattern.error("Regex \"" + regex + "\" is not supported; supported are characters, \\p{L}, \\p{N}, \\s,"
                + " classes and groups of them, *, +, ? and {n,m}, but no group that is repeated");
    }
}
