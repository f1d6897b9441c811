package dev.touchstone.checkpoint.chat.jinja.operations;

import dev.touchstone.checkpoint.chat.jinja.python.Characters;
import java.util.Locale;
import java.util.function.IntPredicate;

/** Upper, lower and title case by Unicode's full mappings, as Python's strings have them. */
public final class Case {
    private static final int CAPITAL_SIGMA = 0x3A3;

    private Case() {}

    public static String upper(String text) {
        return text.toUpperCase(Locale.ROOT);
    }

    public static String lower(String text) {
        int[] c = text.codePoints().toArray();
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < c.length; i++) {
            out.append(lower(c, i));
        }
        return out.toString();
    }

    /** The first character in title case, the others in lower case. */
    public static String capitalize(String text) {
        int[] c = text.codePoints().toArray();
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < c.length; i++) {
            out.append(i == 0 ? title(c[0]) : lower(c, i));
        }
        return out.toString();
    }

    /** Each letter that follows another in lower case, the others in title case. */
    static String title(String text) {
        int[] c = text.codePoints().toArray();
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < c.length; i++) {
            out.append(i > 0 && Characters.isCased(c[i - 1]) ? lower(c, i) : title(c[i]));
        }
        return out.toString();
    }

    static String swap(String text) {
        int[] c = text.codePoints().toArray();
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < c.length; i++) {
            String same = Character.toString(c[i]);
            out.append(Character.isUpperCase(c[i]) ? lower(c, i) : Character.isLowerCase(c[i]) ? upper(same) : same);
        }
        return out.toString();
    }

    /** For comparison without regard to case: in lower case, and so that ß is ss. */
    static String fold(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> out.append(fold(c)));
        return out.toString();
    }

    private static String fold(int c) {
        boolean cherokee = c >= 0x13A0 && c <= 0x13F5 || c >= 0x13F8 && c <= 0x13FD || c >= 0xAB70 && c <= 0xABBF;
        String same = Character.toString(c);
        if (cherokee) {
            return upper(same);
        }
        String small = same.toLowerCase(Locale.ROOT);
        boolean dotted = c == 0x130 || c == 0x131;
        return dotted ? small : upper(small).toLowerCase(Locale.ROOT).replace('ς', 'σ');
    }

    /** A capital sigma at the end of a word becomes another letter than one within it. */
    private static String lower(int[] text, int at) {
        if (text[at] != CAPITAL_SIGMA) {
            return Character.toString(text[at]).toLowerCase(Locale.ROOT);
        }
        boolean isLast = isCasedFrom(text, at, -1) && !isCasedFrom(text, at, 1);
        return isLast ? "ς" : "σ";
    }

    private static boolean isCasedFrom(int[] text, int at, int step) {
        int i = at + step;
        while (i >= 0 && i < text.length && Characters.isCaseIgnorable(text[i])) {
            i += step;
        }
        return i >= 0 && i < text.length && Characters.isCased(text[i]);
    }

    private static String title(int c) {
        int single = Character.toTitleCase(c);
        String upper = upper(Character.toString(c));
        boolean several = upper.length() > Character.charCount(c) && single == c && !Character.isTitleCase(c);
        if (!several || c == 0x149) { // ŉ, whose two letters are both capitals
            return several ? upper : Character.toString(single);
        }
        int first = upper.codePointAt(0);
        String rest = upper.substring(Character.charCount(first)).toLowerCase(Locale.ROOT);
        return Character.toString(first) + rest.replace('ι', '\u0345'); // an iota is written below the letter
    }

    /** Python's {@code text.isupper()} and {@code islower()}: no letter is of {@code other} case, and one has a case. */
    static boolean isAll(String text, IntPredicate other) {
        return text.codePoints().anyMatch(Characters::isCased)
                && text.codePoints().noneMatch(c -> other.test(c) || Character.isTitleCase(c));
    }

    /** Whether each upper-case letter begins a word, and each lower-case letter continues one. */
    static boolean isTitle(String text) {
        boolean cased = false;
        boolean any = false;
        for (int c : text.codePoints().toArray()) {
            boolean begins = Character.isUpperCase(c) || Character.isTitleCase(c);
            if (begins && cased || Character.isLowerCase(c) && !cased) {
                return false;
            }
            cased = Characters.isCased(c);
            any |= cased;
        }
        return any;
    }
}
