package dev.touchstone.checkpoint.chat.jinja.python;

import java.math.BigInteger;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Integers as Python prints and reads them. */
public final class Integers {
    /** Python refuses to convert longer ones, as that takes quadratic time. */
    private static final int MOST_DIGITS = 4300;

    private static final Pattern NUMBER =
            Pattern.compile("([+-]?)(0[xX]_?|0[oO]_?|0[bB]_?)?([0-9a-zA-Z]+(?:_[0-9a-zA-Z]+)*+)");

    private Integers() {}

    public static String repr(BigInteger integer) {
        if (integer.bitLength() > 4 * MOST_DIGITS || integer.abs().toString().length() > MOST_DIGITS) {
            throw tooLong();
        }
        return integer.toString();
    }

    private static PythonError tooLong() {
        return new PythonError("Exceeds the limit (" + MOST_DIGITS + " digits) for integer string conversion");
    }

    /**
     * Python's {@code int(text, base)}; null if the text is no integer.
     *
     * @param base 2 to 36, or 0, with which the prefix decides: {@code 0x}, {@code 0o}, {@code 0b} or none
     */
    public static BigInteger parse(String text, int base) {
        if (base != 0 && (base < 2 || base > 36)) {
            throw new PythonError("int() base must be >= 2 and <= 36, or 0");
        }
        Matcher number = NUMBER.matcher(decimals(Text.strip(text, null, true, true)));
        if (!number.matches()) {
            return null;
        }
        String prefix = number.group(2) == null ? "" : number.group(2).replace("_", "");
        String digits = number.group(3).replace("_", "");
        int prefixBase = switch (prefix.toLowerCase(Locale.ROOT)) {
            case "0x" -> 16;
            case "0o" -> 8;
            case "0b" -> 2;
            default -> 10;
        };
        if (!prefix.isEmpty() && base != 0 && base != prefixBase) {
            digits = prefix + digits;
        }
        int used = base == 0 ? prefixBase : base;
        if (base == 0 && prefix.isEmpty() && digits.length() > 1 && digits.startsWith("0") && !digits.matches("0+")) {
            return null;
        }
        for (int i = 0; i < digits.length(); i++) {
            if (Character.digit(digits.charAt(i), used) < 0) {
                return null;
            }
        }
        if (digits.length() > MOST_DIGITS && Integer.bitCount(used) != 1) {
            throw tooLong();
        }
        return new BigInteger(number.group(1) + digits, used);
    }

    /** Decimal digits of all scripts become ASCII. */
    private static String decimals(String text) {
        StringBuilder ascii = new StringBuilder();
        text.codePoints()
                .forEach(c -> ascii.appendCodePoint(
                        c > 0x7F && Character.getType(c) == Character.DECIMAL_DIGIT_NUMBER
                                ? '0' + Character.digit(c, 10)
                                : c));
        return ascii.toString();
    }
}
