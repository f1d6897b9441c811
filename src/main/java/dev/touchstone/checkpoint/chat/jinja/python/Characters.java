package dev.touchstone.checkpoint.chat.jinja.python;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Map;

/** The classes of characters that Python's strings ask for. */
public final class Characters {
    /** What does not print, and what is a digit or a number without being a decimal, as Unicode 14 has it on every JDK. */
    private static final Map<String, BitSet> CLASSES =
            Map.of("unprintable", new BitSet(), "digit", new BitSet(), "numeric", new BitSet());

    static {
        try (InputStream file = Characters.class.getResourceAsStream("unicode-14.txt");
                BufferedReader lines = new BufferedReader(new InputStreamReader(file, StandardCharsets.US_ASCII))) {
            lines.lines().filter(line -> !line.startsWith("#")).forEach(Characters::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Characters() {}

    /** One line of the table, such as {@code 2070..2070 digit}. */
    private static void add(String line) {
        String[] fields = line.split("\\.\\.| ");
        CLASSES.get(fields[2]).set(Integer.parseInt(fields[0], 16), Integer.parseInt(fields[1], 16) + 1);
    }

    public static boolean isPrintable(int c) {
        return !CLASSES.get("unprintable").get(c);
    }

    public static boolean isSpace(int c) {
        return c >= 0x09 && c <= 0x0D || c >= 0x1C && c <= 0x20 || c == 0x85 || c >= 0xA0 && (Character.isSpaceChar(c));
    }

    public static boolean isDecimal(int c) {
        return Character.getType(c) == Character.DECIMAL_DIGIT_NUMBER;
    }

    public static boolean isDigit(int c) {
        return isDecimal(c) || CLASSES.get("digit").get(c);
    }

    public static boolean isNumeric(int c) {
        int type = Character.getType(c);
        return isDecimal(c)
                || type == Character.LETTER_NUMBER
                || type == Character.OTHER_NUMBER
                || CLASSES.get("numeric").get(c);
    }

    public static boolean isCased(int c) {
        return Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
    }

    /** What stands within a word without ending it, such as an apostrophe or an accent. */
    public static boolean isCaseIgnorable(int c) {
        return switch (Character.getType(c)) {
            case Character.NON_SPACING_MARK,
                    Character.ENCLOSING_MARK,
                    Character.FORMAT,
                    Character.MODIFIER_LETTER,
                    Character.MODIFIER_SYMBOL -> true;
            default ->
                "'.:\u00b7\u0387\u055f\u05f4\u2018\u2019\u2024\u2027\ufe13\ufe52\ufe55\uff07\uff0e\uff1a".indexOf(c)
                        >= 0;
        };
    }
}
