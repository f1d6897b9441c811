package dev.touchstone.tokenizer;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;

/**
 * Letters and numbers of Unicode 16, the version of Hugging Face's library, independent of the JDK: JDK 17 has Unicode 13,
 * which lacks 9,787 of these letters and 130 of these numbers.
 */
final class Unicode16 {
    private static final BitSet LETTERS = new BitSet();
    private static final BitSet NUMBERS = new BitSet();

    static {
        try (InputStream file = Unicode16.class.getResourceAsStream("unicode-16.txt");
                BufferedReader lines = new BufferedReader(new InputStreamReader(file, StandardCharsets.US_ASCII))) {
            lines.lines().filter(line -> !line.startsWith("#")).forEach(Unicode16::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Unicode16() {}

    /** One line of the table, such as {@code 0041..005A L}. */
    private static void add(String line) {
        String[] fields = line.split("\\.\\.| ");
        BitSet category = fields[2].equals("L") ? LETTERS : NUMBERS;
        category.set(Integer.parseInt(fields[0], 16), Integer.parseInt(fields[1], 16) + 1);
    }

    static boolean isLetter(int codePoint) {
        return LETTERS.get(codePoint);
    }

    static boolean isNumber(int codePoint) {
        return NUMBERS.get(codePoint);
    }

    /**
     * A text of the same length in which characters that this JDK's {@code Pattern} would classify differently are replaced:
     * a letter by another letter, a number by another number, any other character by a bullet.
     */
    static CharSequence asSeenByThisJdk(String text) {
        StringBuilder seen = null;
        for (int i = 0, width; i < text.length(); i += width) {
            int codePoint = text.codePointAt(i);
            width = Character.charCount(codePoint);
            if (codePoint > 0x7F && !agrees(codePoint)) {
                seen = seen == null ? new StringBuilder(text) : seen;
                seen.replace(i, i + width, standIn(codePoint, width == 2));
            }
        }
        return seen == null ? text : seen;
    }

    private static boolean agrees(int codePoint) {
        int type = Character.getType(codePoint);
        boolean number = type == Character.DECIMAL_DIGIT_NUMBER
                || type == Character.LETTER_NUMBER
                || type == Character.OTHER_NUMBER;
        return Character.isLetter(codePoint) == isLetter(codePoint) && number == isNumber(codePoint);
    }

    private static String standIn(int codePoint, boolean pair) {
        if (isLetter(codePoint)) {
            return pair ? "\uD800\uDC00" : "\u05D0"; // Linear B syllable A, Hebrew alef
        }
        if (isNumber(codePoint)) {
            return pair ? "\uD801\uDCA0" : "\u0660"; // Osmanya digit zero, Arabic digit zero
        }
        return pair ? "\uD83D\uDE00" : "\u2022"; // grinning face, bullet
    }
}
