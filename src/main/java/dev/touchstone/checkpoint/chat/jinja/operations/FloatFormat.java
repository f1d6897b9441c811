package dev.touchstone.checkpoint.chat.jinja.operations;

import dev.touchstone.checkpoint.chat.jinja.python.Budget;
import dev.touchstone.checkpoint.chat.jinja.python.Floats;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** A float of at least 0 with a given number of digits, as C's {@code printf} and Python's {@code format} write it. */
final class FloatFormat {
    private FloatFormat() {}

    /**
     * Correctly rounded, of two as near to the even digit.
     *
     * @param type {@code e}, {@code f}, {@code g} or {@code %}, in upper case for an upper-case result
     * @param precision digits after the point; for {@code g} all digits
     * @param alternate whether the point and, for {@code g}, zeros at the end stay
     */
    static String format(double value, char type, int precision, boolean alternate) {
        Budget.size(precision);
        if (Character.isUpperCase(type)) {
            return format(value, Character.toLowerCase(type), precision, alternate)
                    .toUpperCase(Locale.ROOT);
        }
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return Floats.special(value) + (type == '%' ? "%" : "");
        }
        BigDecimal exact = new BigDecimal(value);
        return switch (type) {
            case 'e' -> scientific(exact, precision, alternate);
            case 'f' -> fixed(exact, precision, alternate);
            case '%' -> fixed(new BigDecimal(value * 100), precision, alternate) + "%";
            default -> general(exact, Math.max(1, precision), alternate);
        };
    }

    private static String fixed(BigDecimal value, int precision, boolean alternate) {
        return value.setScale(precision, RoundingMode.HALF_EVEN).toPlainString()
                + (alternate && precision == 0 ? "." : "");
    }

    private static String scientific(BigDecimal value, int precision, boolean alternate) {
        BigDecimal rounded = value.round(new MathContext(precision + 1, RoundingMode.HALF_EVEN));
        StringBuilder digits = new StringBuilder(rounded.unscaledValue().toString());
        digits.setLength(Math.min(digits.length(), precision + 1));
        digits.append("0".repeat(precision + 1 - digits.length()));
        if (precision > 0 || alternate) {
            digits.insert(1, '.');
        }
        return digits + "e" + Floats.exponent(exponent(rounded));
    }

    private static int exponent(BigDecimal value) {
        return value.signum() == 0 ? 0 : value.precision() - value.scale() - 1;
    }

    private static String general(BigDecimal value, int precision, boolean alternate) {
        int exponent = exponent(value.round(new MathContext(precision, RoundingMode.HALF_EVEN)));
        boolean isFixed = exponent >= -4 && exponent < precision;
        String text = isFixed
                ? fixed(value, precision - 1 - exponent, alternate)
                : scientific(value, precision - 1, alternate);
        return alternate ? text : withoutZeros(text);
    }

    /** Without zeros at the end of the fraction. */
    private static String withoutZeros(String text) {
        int end = text.indexOf('e') < 0 ? text.length() : text.indexOf('e');
        if (text.indexOf('.') < 0) {
            return text;
        }
        int kept = end;
        while (text.charAt(kept - 1) == '0') {
            kept--;
        }
        return text.substring(0, text.charAt(kept - 1) == '.' ? kept - 1 : kept) + text.substring(end);
    }

    /** Without a type but with a precision: {@code g}, but at least one digit after the point. */
    static String shortest(double value, int precision) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return Floats.special(value);
        }
        BigDecimal rounded =
                new BigDecimal(value).round(new MathContext(Math.max(1, precision), RoundingMode.HALF_EVEN));
        if (exponent(rounded) >= -4 && exponent(rounded) == Math.max(1, precision) - 1) {
            return withoutZeros(scientific(new BigDecimal(value), Math.max(1, precision) - 1, false));
        }
        String text = general(new BigDecimal(value), Math.max(1, precision), false);
        return text.contains(".") || text.contains("e") ? text : text + ".0";
    }
}
