package dev.touchstone.checkpoint.chat.jinja.python;

import java.math.BigInteger;
import java.util.Iterator;
import java.util.List;

/** Python's {@code str} and {@code repr} of every value. */
public final class Repr {
    private Repr() {}

    /** {@code str(value)}. */
    public static String str(Object value) {
        return Text.is(value) ? Text.of(value) : value instanceof Undefined ? "" : repr(value);
    }

    /** {@code repr(value)}. */
    public static String repr(Object value) {
        StringBuilder out = new StringBuilder();
        write(value, out);
        return out.toString();
    }

    private static void write(Object value, StringBuilder out) {
        Budget.size(out.length());
        if (value instanceof String text) {
            quote(text, out);
        } else if (value instanceof List<?> list) {
            writeAll(list, "[", "]", out);
        } else if (value instanceof Tuple tuple) {
            writeAll(tuple.items(), "(", tuple.items().size() == 1 ? ",)" : ")", out);
        } else if (value instanceof Dict dict) {
            write(dict, out);
        } else if (value instanceof View view) {
            writeAll(view.elements(), view.typeName() + "([", "])", out);
        } else if (value instanceof Markup markup) {
            quote(markup.text(), out.append("Markup("));
            out.append(')');
        } else {
            out.append(scalar(value));
        }
    }

    private static String scalar(Object value) {
        if (value == null) {
            return "None";
        }
        if (value instanceof Boolean truth) {
            return truth ? "True" : "False";
        }
        if (value instanceof BigInteger integer) {
            return Integers.repr(integer);
        }
        if (value instanceof Double number) {
            return Floats.repr(number);
        }
        if (value instanceof Range range) {
            return range.repr();
        }
        if (value instanceof PythonObject object) {
            return object.repr();
        }
        if (value instanceof Generator generator) {
            throw new PythonError("a " + generator.typeName()
                    + " is printed, which has no text but its address in memory; put |list after it");
        }
        return Values.typeName(value);
    }

    private static void writeAll(List<?> values, String before, String after, StringBuilder out) {
        out.append(before);
        for (Iterator<?> rest = values.iterator(); rest.hasNext(); ) {
            write(rest.next(), out);
            out.append(rest.hasNext() ? ", " : "");
        }
        out.append(after);
    }

    private static void write(Dict dict, StringBuilder out) {
        out.append('{');
        for (Iterator<Object> keys = dict.iterator(); keys.hasNext(); ) {
            Object key = keys.next();
            write(key, out);
            write(dict.get(key), out.append(": "));
            out.append(keys.hasNext() ? ", " : "");
        }
        out.append('}');
    }

    /** In single quotes, or in double ones where that saves escapes; characters that do not print become escapes. */
    private static void quote(String text, StringBuilder out) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        out.append(quote);
        text.codePoints().forEach(c -> {
            switch (c) {
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\\' -> out.append("\\\\");
                default -> {
                    if (c == quote) {
                        out.append('\\').append(quote);
                    } else if (Characters.isPrintable(c)) {
                        out.appendCodePoint(c);
                    } else {
                        out.append(escape(c));
                    }
                }
            }
        });
        out.append(quote);
    }

    /** The shortest of {@code \x85}, {@code \}{@code u2028} and {@code \U000e0001}. */
    public static String escape(int codePoint) {
        return codePoint <= 0xFF
                ? String.format("\\x%02x", codePoint)
                : codePoint <= 0xFFFF ? String.format("\\u%04x", codePoint) : String.format("\\U%08x", codePoint);
    }
}
