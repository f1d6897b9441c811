package dev.touchstone.checkpoint.chat.jinja.operations;

import dev.touchstone.checkpoint.chat.jinja.python.Budget;
import dev.touchstone.checkpoint.chat.jinja.python.Floats;
import dev.touchstone.checkpoint.chat.jinja.python.Integers;
import dev.touchstone.checkpoint.chat.jinja.python.Numbers;
import dev.touchstone.checkpoint.chat.jinja.python.PythonError;
import dev.touchstone.checkpoint.chat.jinja.python.Repr;
import dev.touchstone.checkpoint.chat.jinja.python.Text;
import dev.touchstone.checkpoint.chat.jinja.python.Values;
import java.math.BigInteger;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Python's {@code format(value, spec)}: {@code [[fill]align][sign][#][0][width][grouping][.precision][type]}. */
final class FormatSpec {
    private static final Pattern SPEC = Pattern.compile(
            "(?:(?<fill>.)?(?<align>[<>=^]))?(?<sign>[-+ ])?(?<alternate>#)?(?<zero>0)?(?<width>\\d+)?(?<grouping>[,_])?"
                    + "(?:\\.(?<precision>\\d+))?(?<type>[a-zA-Z%])?",
            Pattern.DOTALL);

    private final Matcher spec;
    private final Object value;

    private FormatSpec(Object value, String spec) {
        this.value = value;
        this.spec = SPEC.matcher(spec);
        if (!this.spec.matches()) {
            throw new PythonError(
                    "Invalid format specifier '" + spec + "' for object of type '" + Values.typeName(value) + "'");
        }
    }

    static String format(Object value, String spec) {
        if (spec.isEmpty()) {
            return Repr.str(value);
        }
        if (Text.is(value)) {
            return new FormatSpec(value, spec).text();
        }
        if (!Numbers.is(value)) {
            throw new PythonError("unsupported format string passed to " + Values.typeName(value) + ".__format__");
        }
        return new FormatSpec(value, spec).number();
    }

    private boolean has(String part) {
        return spec.group(part) != null;
    }

    private int size(String part, int otherwise) {
        return has(part) ? Budget.size(Numbers.index(new BigInteger(spec.group(part)))) : otherwise;
    }

    private PythonError unknown() {
        return new PythonError(
                "Unknown format code '" + spec.group("type") + "' for object of type '" + Values.typeName(value) + "'");
    }

    private String text() {
        if (has("type") && !spec.group("type").equals("s")) {
            throw unknown();
        }
        if (has("sign") || has("alternate") || has("grouping") || "=".equals(spec.group("align"))) {
            throw new PythonError("this format does not apply to a str: '" + spec.group() + "'");
        }
        String text = Text.of(value);
        int length = Math.min(Text.length(text), size("precision", Integer.MAX_VALUE >> 8));
        return pad("", Text.substring(text, 0, length), "<");
    }

    private String number() {
        char type = has("type") ? spec.group("type").charAt(0) : ' ';
        if (value instanceof Double || "eEfFgG%".indexOf(type) >= 0) {
            return signed(Numbers.toDouble(value) < 0 || 1 / Numbers.toDouble(value) < 0, "", floatDigits(type));
        }
        if (has("precision")) {
            throw new PythonError("Precision not allowed in integer format specifier");
        }
        BigInteger integer = Numbers.integer(value);
        if (type == 'c') {
            if (has("sign") || !Character.isValidCodePoint(Numbers.index(integer))) {
                throw new PythonError("this format does not apply to the integer: '" + spec.group() + "'");
            }
            return pad("", Character.toString(integer.intValue()), ">");
        }
        return signed(integer.signum() < 0, has("alternate") ? prefix(type) : "", intDigits(integer.abs(), type));
    }

    private String intDigits(BigInteger integer, char type) {
        return switch (type) {
            case ' ', 'd', 'n' -> Integers.repr(integer);
            case 'b' -> integer.toString(2);
            case 'o' -> integer.toString(8);
            case 'x' -> integer.toString(16);
            case 'X' -> integer.toString(16).toUpperCase(Locale.ROOT);
            default -> throw unknown();
        };
    }

    private static String prefix(char type) {
        return "boxX".indexOf(type) >= 0 ? "0" + type : "";
    }

    private String floatDigits(char type) {
        double number = Math.abs(Numbers.toDouble(value));
        if (type == ' ') {
            return has("precision") ? FloatFormat.shortest(number, size("precision", 0)) : Floats.repr(number);
        }
        if ("eEfFgGn%".indexOf(type) < 0) {
            throw unknown();
        }
        return FloatFormat.format(number, type == 'n' ? 'g' : type, size("precision", 6), has("alternate"));
    }

    private String signed(boolean negative, String prefix, String digits) {
        String sign = negative ? "-" : has("sign") && !spec.group("sign").equals("-") ? spec.group("sign") : "";
        if (!has("grouping")) {
            return pad(sign + prefix, digits, ">");
        }
        int end = 0;
        while (end < digits.length() && Character.digit(digits.charAt(end), 16) >= 0 && isDigit(digits.charAt(end))) {
            end++;
        }
        String whole = digits.substring(0, end);
        String rest = digits.substring(end);
        boolean zeros =
                has("zero") && !has("align") || "=".equals(spec.group("align")) && "0".equals(spec.group("fill"));
        int width = zeros ? size("width", 0) - sign.length() - prefix.length() - rest.length() : 0;
        while (grouped(whole).length() < width) {
            whole = "0" + whole;
        }
        return pad(sign + prefix, grouped(whole) + rest, ">");
    }

    /** Letters are digits only of a hexadecimal number, so that an exponent is not one. */
    private boolean isDigit(char c) {
        return c >= '0' && c <= '9' || !(value instanceof Double) && "xX".contains(String.valueOf(spec.group("type")));
    }

    private String grouped(String digits) {
        int size = has("type") && "boxX".contains(spec.group("type")) ? 4 : 3;
        StringBuilder out = new StringBuilder(digits);
        for (int i = digits.length() - size; i > 0; i -= size) {
            out.insert(i, spec.group("grouping"));
        }
        return out.toString();
    }

    private String pad(String sign, String text, String usual) {
        boolean zeros = has("zero") && !has("align") && !Text.is(value);
        String align = has("align") ? spec.group("align") : zeros ? "=" : usual;
        String fill = has("fill") ? spec.group("fill") : has("zero") ? "0" : " ";
        int missing = Math.max(0, size("width", 0) - sign.length() - Text.length(text));
        return switch (align) {
            case "<" -> sign + text + fill.repeat(missing);
            case ">" -> fill.repeat(missing) + sign + text;
            case "=" -> sign + fill.repeat(missing) + text;
            default -> fill.repeat(missing / 2) + sign + text + fill.repeat(missing - missing / 2);
        };
    }
}
