package dev.touchstone.checkpoint.chat.jinja.python;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.regex.Pattern;

/** Floats as Python prints, reads and rounds them. */
public final class Floats {
    private static final Pattern NUMBER = Pattern.compile(
            "[+-]?(?:(?:\\d(?:_?\\d)*+\\.?(?:\\d(?:_?\\d)*+)?|\\.\\d(?:_?\\d)*+)(?:e[+-]?\\d(?:_?\\d)*+)?"
                    + "|inf|infinity|nan)",
            Pattern.CASE_INSENSITIVE);

    private Floats() {}

    /** The fewest digits that read back as the same number; with an exponent from 1e16 and below 1e-4. */
    public static String repr(double number) {
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            return special(number);
        }
        if (number == 0) {
            return 1 / number < 0 ? "-0.0" : "0.0";
        }
        BigDecimal shortest = shortest(number);
        String digits = shortest.unscaledValue().abs().toString();
        int exponent = shortest.precision() - shortest.scale() - 1;
        String sign = number < 0 ? "-" : "";
        if (exponent < -4 || exponent >= 16) {
            String fraction = digits.length() == 1 ? "" : "." + digits.substring(1);
            return sign + digits.charAt(0) + fraction + "e" + exponent(exponent);
        }
        String plain = shortest.abs().toPlainString();
        return sign + (plain.contains(".") ? plain : plain + ".0");
    }

    /** {@code inf}, {@code -inf} or {@code nan}. */
    public static String special(double number) {
        return Double.isNaN(number) ? "nan" : number < 0 ? "-inf" : "inf";
    }

    /** With a sign and at least two digits. */
    public static String exponent(int exponent) {
        return (exponent < 0 ? "-" : "+") + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
    }

    private static BigDecimal shortest(double number) {
        BigDecimal exact = new BigDecimal(number);
        for (int digits = 1; ; digits++) {
            BigDecimal rounded = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
            if (digits == 17 || rounded.doubleValue() == number) {
                return rounded.stripTrailingZeros();
            }
        }
    }

    /** Python's {@code float(text)}; null if the text is no number. */
    public static Double parse(String text) {
        String number = Text.strip(text, null, true, true);
        if (!NUMBER.matcher(number).matches()) {
            return null;
        }
        String plain = number.replace("_", "").toLowerCase(Locale.ROOT);
        double sign = plain.startsWith("-") ? -1 : 1;
        if (plain.contains("inf")) {
            return sign * Double.POSITIVE_INFINITY;
        }
        return plain.contains("nan") ? Double.NaN : Double.parseDouble(plain);
    }

    /** Python's {@code round(value, digits)}: to the nearest, of two as near the even one. An int stays one. */
    public static Object round(Object value, int digits) {
        if (Numbers.isInteger(value)) {
            BigInteger integer = Numbers.integer(value);
            return digits >= 0
                    ? integer
                    : new BigDecimal(integer)
                            .setScale(Math.max(digits, -20_000), RoundingMode.HALF_EVEN)
                            .toBigInteger();
        }
        double number = (Double) value;
        if (Double.isNaN(number) || Double.isInfinite(number) || digits > 330) {
            return number;
        }
        if (digits < -330) {
            return Math.copySign(0, number);
        }
        double rounded =
                new BigDecimal(number).setScale(digits, RoundingMode.HALF_EVEN).doubleValue();
        if (Double.isInfinite(rounded)) {
            throw new PythonError("rounded value too large to represent");
        }
        return Math.copySign(rounded, number);
    }
}
