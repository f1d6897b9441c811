package dev.touchstone.tokenizer.text;

/**
 * Decodes UTF-8 in chunks of any size. Malformed bytes become one U+FFFD for each maximal subpart (Unicode 16.0, section
 * 3.9), as in Rust, Python and browsers. The JDK's decoder differs on encoded surrogates.
 */
public final class Utf8Stream {
    private static final char REPLACEMENT = '\uFFFD';

    private int codePoint; // the bits so far
    private int missing; // bytes that the current character still lacks
    private int lowest; // range of the next byte; narrower after E0, ED, F0 and F4, to exclude
    private int highest; // overlong forms, surrogates and code points above U+10FFFF

    /** The characters that these bytes complete. */
    public String add(byte[] bytes) {
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

    /** Ends the input: U+FFFD if the last character is incomplete, else empty. */
    public String flush() {
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
