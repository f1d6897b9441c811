package dev.touchstone.checkpoint.chat.jinja.operations;

import dev.touchstone.checkpoint.chat.jinja.python.Budget;
import dev.touchstone.checkpoint.chat.jinja.python.Dict;
import dev.touchstone.checkpoint.chat.jinja.python.Markup;
import dev.touchstone.checkpoint.chat.jinja.python.Numbers;
import dev.touchstone.checkpoint.chat.jinja.python.PythonError;
import dev.touchstone.checkpoint.chat.jinja.python.Repr;
import dev.touchstone.checkpoint.chat.jinja.python.Values;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Python's {@code text.format(...)}, where fields look up attributes as templates do. */
final class BraceFormat {
    private final List<Object> positional;
    private final UnaryOperator<Object> named;
    private final boolean escape;
    private int automatic;
    private boolean numbered;

    /**
     * @param named the value of a field with a name
     * @param escape whether values are escaped for HTML
     */
    BraceFormat(List<Object> positional, UnaryOperator<Object> named, boolean escape) {
        this.positional = positional;
        this.named = named;
        this.escape = escape;
    }

    /** The values of fields with names, each of which must exist. */
    static UnaryOperator<Object> fields(Map<String, Object> values) {
        return name -> {
            if (!values.containsKey(name)) {
                throw new PythonError("the format's field " + Repr.repr(name) + " has no value");
            }
            return values.get(name);
        };
    }

    /** The same for the elements of a dict. */
    static UnaryOperator<Object> elements(Object mapping) {
        if (!(mapping instanceof Dict dict)) {
            throw new PythonError("format_map() needs a dict, not '" + Values.typeName(mapping) + "'");
        }
        return name -> {
            if (!dict.has(name)) {
                throw new PythonError("the format's field " + Repr.repr(name) + " is not in the dict");
            }
            return dict.get(name);
        };
    }

    String format(String text) {
        return format(text, 2);
    }

    private String format(String text, int depth) {
        if (depth == 0) {
            throw new PythonError("Max string recursion exceeded");
        }
        StringBuilder out = new StringBuilder();
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            if ((c == '{' || c == '}') && i + 1 < text.length() && text.charAt(i + 1) == c) {
                out.append(c);
                i += 2;
            } else if (c == '}') {
                throw new PythonError("Single '}' encountered in format string");
            } else if (c == '{') {
                int end = end(text, i);
                out.append(field(text.substring(i + 1, end), depth));
                Budget.size(out.length());
                i = end + 1;
            } else {
                out.append(c);
                i++;
            }
        }
        return out.toString();
    }

    /** Where the field ends that begins at {@code start}. */
    private static int end(String text, int start) {
        int depth = 0;
        for (int i = start; i < text.length(); i++) {
            if (text.charAt(i) == '{') {
                depth++;
            } else if (text.charAt(i) == '}' && --depth == 0) {
                return i;
            }
        }
        throw new PythonError("expected '}' before end of string");
    }

    /** {@code name!conversion:spec} */
    private String field(String field, int depth) {
        int end = 0;
        while (end < field.length() && field.charAt(end) != '!' && field.charAt(end) != ':') {
            end = field.charAt(end) == '[' && field.indexOf(']', end) > 0 ? field.indexOf(']', end) : end + 1;
        }
        Object value = value(field.substring(0, end));
        if (end < field.length() && field.charAt(end) == '!') {
            if (end + 1 == field.length() || end + 2 < field.length() && field.charAt(end + 2) != ':') {
                throw new PythonError("expected ':' after conversion specifier");
            }
            value = converted(value, field.charAt(end + 1));
            end += 2;
        }
        String spec = end < field.length() ? format(field.substring(end + 1), depth - 1) : "";
        if (!escape) {
            return FormatSpec.format(value, spec);
        }
        if (value instanceof Markup && !spec.isEmpty()) {
            throw new PythonError("Unsupported format specification for Markup.");
        }
        return value instanceof Markup markup
                ? markup.text()
                : Markup.escape(FormatSpec.format(value, spec)).text();
    }

    private static Object converted(Object value, char conversion) {
        return switch (conversion) {
            case 's' -> Repr.str(value);
            case 'r' -> Repr.repr(value);
            case 'a' -> ascii(Repr.repr(value));
            default -> throw new PythonError("Unknown conversion specifier " + conversion);
        };
    }

    /** With an escape for each character that is not ASCII. */
    static String ascii(String repr) {
        StringBuilder out = new StringBuilder();
        repr.codePoints().forEach(c -> out.append(c < 0x80 ? Character.toString(c) : Repr.escape(c)));
        return out.toString();
    }

    /** {@code first.attribute[index]}, where {@code first} is a number, a name, or empty for the next number. */
    private Object value(String path) {
        int end = 0;
        while (end < path.length() && path.charAt(end) != '.' && path.charAt(end) != '[') {
            end++;
        }
        Object value = first(path.substring(0, end), path.isEmpty());
        while (end < path.length()) {
            boolean attribute = path.charAt(end) == '.';
            int start = ++end;
            while (end < path.length() && (attribute ? ".[".indexOf(path.charAt(end)) < 0 : path.charAt(end) != ']')) {
                end++;
            }
            String key = path.substring(start, end);
            if (key.isEmpty() || !attribute && end == path.length()) {
                throw new PythonError("Empty attribute in format string");
            }
            value = attribute ? Attributes.dot(value, key) : Attributes.subscript(value, index(key));
            end += attribute ? 0 : 1;
        }
        return value;
    }

    private static Object index(String key) {
        return key.matches("\\d+") ? new BigInteger(key) : key;
    }

    private Object first(String name, boolean next) {
        boolean number = name.matches("\\d+");
        if (number && automatic > 0 || next && numbered) {
            throw new PythonError("cannot switch between manual and automatic field numbering");
        }
        numbered |= number;
        if (!number && !next) {
            return named.apply(name);
        }
        int place = next ? automatic++ : Numbers.index(new BigInteger(name));
        if (place >= positional.size()) {
            throw new PythonError("Replacement index " + place + " out of range for positional args tuple");
        }
        return positional.get(place);
    }
}
