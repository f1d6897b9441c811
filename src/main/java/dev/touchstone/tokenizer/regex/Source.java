package dev.touchstone.tokenizer.regex;

import dev.touchstone.util.TouchstoneException;

/** The text of a regular expression and the position of its parser. */
final class Source {
    private final String text;
    private int at;

    Source(String text) {
        this.text = text;
    }

    boolean atEnd() {
        return at == text.length();
    }

    int position() {
        return at;
    }

    void moveTo(int position) {
        at = position;
    }

    int codePointAt(int position) {
        return text.codePointAt(position);
    }

    boolean sees(String next) {
        return text.startsWith(next, at);
    }

    /** Skips a string if it is the next one. */
    boolean take(String next) {
        boolean found = sees(next);
        at += found ? next.length() : 0;
        return found;
    }

    int peek() {
        if (atEnd()) {
            throw error("an end where more is expected");
        }
        return text.codePointAt(at);
    }

    int next() {
        int c = peek();
        at += Character.charCount(c);
        return c;
    }

    void expect(char c) {
        if (!take(String.valueOf(c))) {
            throw error("no \"" + c + "\" where one is expected");
        }
    }

    /** Skips everything up to a character and the character itself; returns what was before it. */
    String skipTo(char end) {
        int found = text.indexOf(end, at);
        if (found < 0) {
            throw error("no \"" + end + "\" where one is expected");
        }
        String skipped = text.substring(at, found);
        at = found + 1;
        return skipped;
    }

    /** A decimal number, or -1 if there is none. */
    int number() {
        int begin = at;
        long number = 0;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            number = Math.min(Integer.MAX_VALUE, 10 * number + text.charAt(at++) - '0');
        }
        return at == begin ? -1 : (int) number;
    }

    /** Up to so many hexadecimal digits as a number; at least {@code least} must be there. */
    int hexadecimal(int least, int most) {
        int begin = at;
        long number = 0;
        while (at < text.length()
                && at - begin < most
                && Character.digit(text.charAt(at), 16) >= 0
                && text.charAt(at) < 0x80) {
            number = 16 * number + Character.digit(text.charAt(at++), 16);
        }
        if (at - begin < least || number > Character.MAX_CODE_POINT) {
            throw error("a malformed hexadecimal character");
        }
        return (int) number;
    }

    TouchstoneException error(String problem) {
        return new TouchstoneException("it has " + problem + ", before position " + at);
    }

    TouchstoneException unsupported(String construct) {
        return new TouchstoneException(construct + " are not supported, found before position " + at);
    }
}
