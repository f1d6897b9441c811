package dev.touchstone.cli;

import java.util.regex.Pattern;
import org.jline.utils.WCWidth;

/**
 * Wraps a text at spaces while it is generated. A word is held back until it is complete, because only then is it known
 * whether it fits the line. Code is not wrapped: lines between fences of {@code ```} or {@code ~~~}, and lines that are
 * indented by two spaces or a tab, unless they are items of a list. The result does not depend on the pieces of the text.
 */
final class WordWrap {
    private static final Pattern FENCE = Pattern.compile(" {0,3}(```|~~~).*");
    private static final Pattern MAYBE_FENCE = Pattern.compile(" {0,3}(`{0,2}|~{0,2})");
    private static final Pattern INDENTED = Pattern.compile("( {2}|\t).*");
    private static final Pattern ITEM = Pattern.compile("[ \t]*([-*+]|\\d{1,3}[.)]) .*");
    private static final Pattern MAYBE_ITEM = Pattern.compile("[ \t]*([-*+]|\\d{1,3}[.)]?)?");
    /** Punctuation that may not begin a line, in scripts that have no spaces between words. */
    private static final String CLOSING = "、。，．！？：；）」』】〉》”’…";

    private enum Line {
        /** Too short to tell. */
        BEGINNING,
        WRAPPED,
        VERBATIM
    }

    private final int columns;
    private final StringBuilder out = new StringBuilder();
    private final StringBuilder beginning = new StringBuilder();
    private final StringBuilder word = new StringBuilder();
    private Line line = Line.BEGINNING;
    private boolean fenced;
    private int indentation;
    private int column;
    private int spaces;
    private int wordWidth;
    private char high;

    /** @param columns the width of the lines; 0 leaves the text as it is */
    WordWrap(int columns) {
        this.columns = columns;
    }

    /** What can be printed now. */
    String add(String text) {
        if (columns == 0) {
            return text;
        }
        for (char c : text.toCharArray()) {
            if (Character.isHighSurrogate(c)) {
                high = c;
            } else {
                add(Character.isLowSurrogate(c) && high != 0 ? Character.toCodePoint(high, c) : c);
                high = 0;
            }
        }
        return taken();
    }

    /** The rest, at the end of the text. */
    String end() {
        decide(true);
        flushWord();
        out.append(" ".repeat(spaces));
        spaces = 0;
        return taken();
    }

    private String taken() {
        String text = out.toString();
        out.setLength(0);
        return text;
    }

    private void add(int c) {
        if (c == '\n') {
            endLine();
        } else if (line == Line.BEGINNING) {
            beginning.appendCodePoint(c);
            decide(false);
        } else if (line == Line.VERBATIM) {
            out.appendCodePoint(c);
        } else {
            wrap(c);
        }
    }

    private void endLine() {
        decide(true);
        flushWord();
        out.append(" ".repeat(spaces)).append('\n');
        spaces = 0;
        column = 0;
        indentation = 0;
        line = Line.BEGINNING;
    }

    /** Finds out what kind of line this is, if its beginning is enough or there is no more of it. */
    private void decide(boolean complete) {
        if (line != Line.BEGINNING) {
            return;
        }
        String text = beginning.toString();
        if (!complete && (matches(MAYBE_FENCE, text) || !fenced && indented(text) && matches(MAYBE_ITEM, text))) {
            return;
        }
        boolean fence = matches(FENCE, text);
        boolean item = matches(ITEM, text);
        line = fence || fenced || indented(text) && !item ? Line.VERBATIM : Line.WRAPPED;
        fenced ^= fence;
        beginning.setLength(0);
        if (line == Line.VERBATIM) {
            out.append(text);
            return;
        }
        int lead = item ? text.length() - text.stripLeading().length() : 0;
        out.append(text, 0, lead);
        column = lead;
        indentation = lead;
        text.substring(lead).codePoints().forEach(this::wrap);
    }

    private static boolean matches(Pattern pattern, String text) {
        return pattern.matcher(text).matches();
    }

    private static boolean indented(String text) {
        return matches(INDENTED, text);
    }

    private void wrap(int c) {
        if (c == ' ') {
            flushWord();
            spaces++;
            return;
        }
        int width = Math.max(0, WCWidth.wcwidth(c));
        // A line may end between two wide letters, such as Chinese ones, but not before punctuation or a combining
        // mark.
        if (width == 2 && CLOSING.indexOf(c) < 0) {
            flushWord();
        }
        word.appendCodePoint(c);
        wordWidth += width;
    }

    private void flushWord() {
        if (word.isEmpty()) {
            return;
        }
        boolean fits = column + spaces + wordWidth <= columns;
        if (!fits && column > indentation) {
            out.append('\n').append(" ".repeat(indentation));
            column = indentation;
        } else {
            out.append(" ".repeat(spaces));
            column += spaces;
        }
        out.append(word);
        column += wordWidth;
        if (column > columns) {
            column %= columns; // the terminal breaks a word that is longer than a line
        }
        spaces = 0;
        word.setLength(0);
        wordWidth = 0;
    }
}
