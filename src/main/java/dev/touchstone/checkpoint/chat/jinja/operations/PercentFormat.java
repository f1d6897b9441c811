package dev.touchstone.checkpoint.chat.jinja.operations;

import dev.touchstone.checkpoint.chat.jinja.python.Budget;
import dev.touchstone.checkpoint.chat.jinja.python.Dict;
import dev.touchstone.checkpoint.chat.jinja.python.Integers;
import dev.touchstone.checkpoint.chat.jinja.python.Markup;
import dev.touchstone.checkpoint.chat.jinja.python.Missing;
import dev.touchstone.checkpoint.chat.jinja.python.Numbers;
import dev.touchstone.checkpoint.chat.jinja.python.PythonError;
import dev.touchstone.checkpoint.chat.jinja.python.Range;
import dev.touchstone.checkpoint.chat.jinja.python.Repr;
import dev.touchstone.checkpoint.chat.jinja.python.Text;
import dev.touchstone.checkpoint.chat.jinja.python.Tuple;
import dev.touchstone.checkpoint.chat.jinja.python.Undefined;
import dev.touchstone.checkpoint.chat.jinja.python.Values;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Python's {@code text % values}: the formats of C's {@code printf}. */
public final class PercentFormat {
    private static final Pattern FIELD = Pattern.compile(
            "%(?:\\((?<key>[^()]*)\\))?(?<flags>[-+ #0]*)(?<width>\\*|\\d*)(?:\\.(?<precision>\\*|\\d*))?[hlL]?(?<type>.?)",
            Pattern.DOTALL);

    private final Object values;
    private final Iterator<Object> arguments;
    private final boolean escape;
    private final StringBuilder out = new StringBuilder();

    private PercentFormat(Object values, boolean escape) {
        List<Object> single = new ArrayList<>();
        single.add(values);
        this.values = values;
        this.arguments = (values instanceof Tuple tuple ? tuple.items() : single).iterator();
        this.escape = escape;
    }

    /**
     * One value, a tuple of them, or a dict for fields with names.
     *
     * @param escape whether values are escaped for HTML
     */
    public static String format(String format, Object values, boolean escape) {
        return new PercentFormat(values, escape).format(format);
    }

    private String format(String format) {
        Matcher field = FIELD.matcher(format);
        int start = 0;
        boolean named = false;
        while (field.find()) {
            out.append(format, start, field.start());
            named |= field.group("key") != null;
            append(field);
            Budget.size(out.length());
            start = field.end();
        }
        boolean mapping = values instanceof Dict
                || values instanceof List
                || values instanceof Range
                || values instanceof Undefined;
        if (!named && arguments.hasNext() && !mapping) {
            throw new PythonError("not all arguments converted during string formatting");
        }
        return out.append(format, start, format.length()).toString();
    }

    private void append(Matcher field) {
        if (field.group("type").isEmpty()) {
            throw new PythonError("incomplete format");
        }
        char type = field.group("type").charAt(0);
        String flags = field.group("flags");
        Object named = field.group("key") == null ? Missing.MISSING : named(field.group("key"));
        Integer width = size(field.group("width"));
        Integer precision = field.group("precision") == null ? null : size("0" + field.group("precision"));
        if (type == '%') {
            out.append('%');
            return;
        }
        Object value = named == Missing.MISSING ? next() : named;
        boolean number = "diuoxXeEfFgG".indexOf(type) >= 0;
        String text = number ? number(value, type, flags, precision) : text(value, type, precision);
        String sign = number && value(value, type) ? "-" : "";
        if (number && sign.isEmpty()) {
            sign = flags.contains("+") ? "+" : flags.contains(" ") ? " " : "";
        }
        String prefix = sign + (number && flags.contains("#") ? prefix(type) : "");
        pad(prefix, text, width == null ? 0 : width, flags, number);
    }

    private void pad(String prefix, String text, int width, String flags, boolean number) {
        boolean left = flags.contains("-") || width < 0;
        int missing = Math.max(0, Budget.size(Math.abs((long) width)) - prefix.length() - Text.length(text));
        boolean zeros = number && flags.contains("0") && !left;
        out.append(left || zeros ? "" : " ".repeat(missing));
        out.append(prefix).append(zeros ? "0".repeat(missing) : "").append(text);
        out.append(left ? " ".repeat(missing) : "");
    }

    private Object next() {
        if (!arguments.hasNext()) {
            throw new PythonError("not enough arguments for format string");
        }
        return arguments.next();
    }

    private Object named(String key) {
        if (!(values instanceof Dict dict)) {
            throw new PythonError("format requires a mapping");
        }
        if (!dict.has(key)) {
            throw new PythonError("the format's key " + Repr.repr(key) + " is not in the dict");
        }
        return dict.get(key);
    }

    private Integer size(String digits) {
        if (digits.endsWith("*")) {
            return Numbers.index(next());
        }
        return digits.isEmpty() ? null : Numbers.index(new BigInteger(digits));
    }

    private String text(Object value, char type, Integer precision) {
        String text = switch (type) {
            case 's' -> escape ? Markup.escape(value).text() : Repr.str(value);
            case 'r' -> escape ? Markup.escape(Repr.repr(value)).text() : Repr.repr(value);
            case 'a' -> BraceFormat.ascii(Repr.repr(value));
            case 'c' -> character(value);
            default -> throw new PythonError("unsupported format character '" + type + "'");
        };
        return precision == null || type == 'c' || precision >= Text.length(text)
                ? text
                : Text.substring(text, 0, Math.max(0, precision));
    }

    private static String character(Object value) {
        if (Text.is(value) && Text.length(Text.of(value)) == 1) {
            return Text.of(value);
        }
        if (!Numbers.isInteger(value) || !Character.isValidCodePoint(Numbers.index(value))) {
            throw new PythonError("%c requires int or char");
        }
        return Character.toString(Numbers.index(value));
    }

    /** Whether the number is printed with a minus. */
    private static boolean value(Object value, char type) {
        if (value instanceof Double number) {
            boolean negative = number < 0 || number == 0 && 1 / number < 0;
            return "diu".indexOf(type) >= 0 ? number <= -1 : negative;
        }
        return Numbers.integer(value).signum() < 0;
    }

    private static String number(Object value, char type, String flags, Integer precision) {
        if (value instanceof Undefined undefined) {
            throw undefined.error();
        }
        if (!Numbers.is(value)) {
            throw new PythonError("%" + type + " format: a number is required, not " + Values.typeName(value));
        }
        if ("eEfFgG".indexOf(type) >= 0) {
            int digits = precision == null ? 6 : precision;
            return FloatFormat.format(Math.abs(Numbers.toDouble(value)), type, digits, flags.contains("#"));
        }
        if (value instanceof Double && "oxX".indexOf(type) >= 0) {
            throw new PythonError("%" + type + " format: an integer is required, not float");
        }
        BigInteger integer = value instanceof Double number ? Numbers.truncate(number) : Numbers.integer(value);
        String digits = switch (type) {
            case 'o' -> integer.abs().toString(8);
            case 'x' -> integer.abs().toString(16);
            case 'X' -> integer.abs().toString(16).toUpperCase(Locale.ROOT);
            default -> Integers.repr(integer.abs());
        };
        int missing = precision == null ? 0 : Budget.size(precision) - digits.length();
        return "0".repeat(Math.max(0, missing)) + digits;
    }

    private static String prefix(char type) {
        return switch (type) {
            case 'o' -> "0o";
            case 'x' -> "0x";
            case 'X' -> "0X";
            default -> "";
        };
    }
}
