package dev.touchstone.checkpoint.chat.jinja.python;

import java.util.ArrayList;
import java.util.List;

/** Python's strings: sequences of code points, where Java's are of UTF-16 units. */
public final class Text {
    private Text() {}

    public static boolean is(Object value) {
        return value instanceof String || value instanceof Markup;
    }

    /** The characters of a {@code str}, marked as safe or not. Throws {@link PythonError} for any other value. */
    public static String of(Object value) {
        if (value instanceof String text) {
            return text;
        }
        if (value instanceof Markup markup) {
            return markup.text();
        }
        if (value instanceof Undefined undefined) {
            throw undefined.error();
        }
        throw new PythonError("a str is expected, not '" + Values.typeName(value) + "'");
    }

    /** In code points. */
    public static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    /** The place in UTF-16 units of the code point at {@code index}, which may be the end. */
    static int offset(String text, int index) {
        return text.offsetByCodePoints(0, index);
    }

    public static String at(String text, int index) {
        return Character.toString(text.codePointAt(offset(text, index)));
    }

    public static String substring(String text, int start, int end) {
        int from = offset(text, start);
        return text.substring(from, text.offsetByCodePoints(from, end - start));
    }

    /** By code points, where {@code String.compareTo} would put U+FF5E after the emoji. */
    static int compare(String a, String b) {
        int common = Math.min(a.length(), b.length());
        for (int i = 0; i < common; i++) {
            if (a.charAt(i) != b.charAt(i)) {
                return Integer.compare(rank(a.charAt(i)), rank(b.charAt(i)));
            }
        }
        return Integer.compare(a.length(), b.length());
    }

    private static int rank(char unit) {
        return Character.isSurrogate(unit) ? unit + 0x10000 : unit;
    }

    /**
     * Without the characters of {@code gone} at the ends.
     *
     * @param gone null for white space
     */
    public static String strip(String text, String gone, boolean left, boolean right) {
        int start = 0;
        int end = text.length();
        while (left && start < end && isGone(text.codePointAt(start), gone)) {
            start += Character.charCount(text.codePointAt(start));
        }
        while (right && end > start && isGone(text.codePointBefore(end), gone)) {
            end -= Character.charCount(text.codePointBefore(end));
        }
        return text.substring(start, end);
    }

    private static boolean isGone(int codePoint, String gone) {
        return gone == null ? Characters.isSpace(codePoint) : gone.indexOf(codePoint) >= 0;
    }

    /** Words between white space; the last keeps its own after {@code most} splits, if {@code most} is not negative. */
    public static List<Object> words(String text, int most) {
        List<Object> words = new ArrayList<>();
        String rest = strip(text, null, true, false);
        while (!rest.isEmpty()) {
            if (words.size() == most) {
                words.add(rest);
                return words;
            }
            int end = 0;
            while (end < rest.length() && !Characters.isSpace(rest.codePointAt(end))) {
                end += Character.charCount(rest.codePointAt(end));
            }
            words.add(rest.substring(0, end));
            rest = strip(rest.substring(end), null, true, false);
        }
        return words;
    }

    /** The same from the right. */
    public static List<Object> wordsFromRight(String text, int most) {
        List<Object> words = new ArrayList<>();
        String rest = strip(text, null, false, true);
        while (!rest.isEmpty()) {
            if (words.size() == most) {
                words.add(0, rest);
                return words;
            }
            int start = rest.length();
            while (start > 0 && !Characters.isSpace(rest.codePointBefore(start))) {
                start -= Character.charCount(rest.codePointBefore(start));
            }
            words.add(0, rest.substring(start));
            rest = strip(rest.substring(0, start), null, false, true);
        }
        return words;
    }

    /** What stands between {@code separator}; split at most {@code most} times, if that is not negative. */
    public static List<Object> parts(String text, String separator, int most) {
        List<Object> parts = new ArrayList<>();
        int start = 0;
        for (int end; parts.size() != most && (end = text.indexOf(separator, start)) >= 0; ) {
            parts.add(text.substring(start, end));
            start = end + separator.length();
        }
        parts.add(text.substring(start));
        return parts;
    }

    /** The same from the right. */
    public static List<Object> partsFromRight(String text, String separator, int most) {
        List<Object> parts = new ArrayList<>();
        int end = text.length();
        for (int start;
                parts.size() != most && (start = text.lastIndexOf(separator, end - separator.length())) >= 0; ) {
            parts.add(0, text.substring(start + separator.length(), end));
            end = start;
        }
        parts.add(0, text.substring(0, end));
        return parts;
    }

    /** At every line end that Unicode has. */
    public static List<Object> lines(String text, boolean keepEnds) {
        List<Object> lines = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            if ("\n\r\u000b\f\u001c\u001d\u001e\u0085\u2028\u2029".indexOf(text.charAt(i)) >= 0) {
                int end = text.startsWith("\r\n", i) ? i + 2 : i + 1;
                lines.add(text.substring(start, keepEnds ? end : i));
                start = end;
                i = end - 1;
            }
        }
        if (start < text.length()) {
            lines.add(text.substring(start));
        }
        return lines;
    }

    /** Python's {@code text.replace(old, new, count)}; all of them if {@code count} is negative. */
    public static String replace(String text, String old, String by, int count) {
        StringBuilder out = new StringBuilder();
        int start = 0;
        for (int done = 0; count < 0 || done < count; done++) {
            int found = old.isEmpty() && done > 0 && start < text.length()
                    ? start + Character.charCount(text.codePointAt(start))
                    : old.isEmpty() && done > 0 ? -1 : text.indexOf(old, start);
            if (found < 0) {
                break;
            }
            out.append(text, start, found).append(by);
            Budget.size(out.length());
            start = found + old.length();
        }
        return out.append(text, start, text.length()).toString();
    }
}
