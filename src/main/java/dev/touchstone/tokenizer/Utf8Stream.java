package dev.touchstone.tokenizer;

/**
 * UTF-8 bytes -> text, a few at a time. Bytes that can begin no character become one U+FFFD for each longest stretch that
 * could have begun one ("maximal subparts", Unicode 16.0, section 3.9), as Rust, Python and browsers do it. The JDK's
 * decoder differs on encoded surrogates.
 */
final class Utf8Stream {
    private static final char REPLACEMENT = '\uFFFD';

    private int codePoint; // the bits so far
    private int missing; // how many bytes are still to come
    private int lowest; // the range of the next byte: narrower after the first bytes E0, ED, F0 and F4, which rules out
    private int highest; // overlong forms, surrogates and what lies above U+10FFFF

    /** The characters that these bytes complete. */
    String add(byte[] bytes) {
        StringBuilder text = new StringBuilder(bytes.length);
        for (byte signed : bytes) {
            int b = signed & 0xFF;
            if (missing > 0 && (b < lowest || b > highest)) {
                text.append(REPLACEMENT);
                missing = 0;
            }
            if (missing > 0) {
                follow(b, text);
            } else {
                begin(b, text);
            }
        }
        return text.toString();
    }

    /** U+FFFD if a character was begun and not completed. */
    String flush() {
        boolean begun = missing > 0;
        missing = 0;
        return begun ? String.valueOf(REPLACEMENT) : "";
    }

    private void begin(int b, StringBuilder text) {
        lowest = b == 0xE0 ? 0xA0 : b == 0xF0 ? 0x90 : 0x80;
        highest = b == 0xED ? 0x9F : b == 0xF4 ? 0x8F : 0xBF;
        if (b < 0x80) {
            text.append((char) b);
        } else if (b < 0xC2 || b > 0xF4) {
            text.append(REPLACEMENT);
        } else {
            missing = b < 0xE0 ? 1 : b < 0xF0 ? 2 : 3;
            codePoint = b & (0x3F >> missing);
        }
    }

    private void follow(int b, StringBuilder text) {
        codePoint = codePoint << 6 | b & 0x3F;
        lowest = 0x80;
        highest = 0xBF;
        if (--missing == 0) {
            text.appendCodePoint(codePoint);
        }
    }
}
