package dev.touchstone.tokenizer.regex;

import java.util.BitSet;
import java.util.Set;

/**
 * Matching without regard to case, {@code (?i)}, for ASCII letters. Their other cases include U+017F (long s) and U+212A
 * (Kelvin sign). Other letters with case, and pairs of letters that are also one character, such as "ss" and U+00DF, are
 * not supported.
 */
final class CaseFolding {
    private static final Set<String> PAIRS = Set.of("ss", "ff", "fi", "fl", "st");

    private CaseFolding() {}

    /** Adds the other cases of all characters of a set, if case is ignored. Returns the set. */
    static BitSet closure(BitSet set, boolean ignoreCase, Source source) {
        if (!ignoreCase) {
            return set;
        }
        BitSet cased = Sets.cased();
        cased.and(set);
        if (cased.length() > 0x80) {
            throw source.unsupported("letters beyond ASCII under the option (?i)");
        }
        for (int c = cased.nextSetBit(0); c >= 0; c = cased.nextSetBit(c + 1)) {
            set.set(Character.toLowerCase(c));
            set.set(Character.toUpperCase(c));
            if (Character.toLowerCase(c) == 's') {
                set.set('\u017F');
            } else if (Character.toLowerCase(c) == 'k') {
                set.set('\u212A');
            }
        }
        return set;
    }

    /** Throws if two adjacent letters, -1 for anything else, are also one character when case is ignored. */
    static void checkPair(int first, int second, Source source) {
        if (first >= 0 && second >= 0) {
            String pair = Character.toString(Character.toLowerCase(first))
                    + Character.toString(Character.toLowerCase(second));
            if (PAIRS.contains(pair)) {
                throw source.unsupported("adjacent letters \"" + pair + "\" under the option (?i)");
            }
        }
    }
}
