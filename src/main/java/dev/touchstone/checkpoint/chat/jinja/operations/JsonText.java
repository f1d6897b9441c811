package dev.touchstone.checkpoint.chat.jinja.operations;

import dev.touchstone.checkpoint.chat.jinja.python.Budget;
import dev.touchstone.checkpoint.chat.jinja.python.Dict;
import dev.touchstone.checkpoint.chat.jinja.python.Floats;
import dev.touchstone.checkpoint.chat.jinja.python.Integers;
import dev.touchstone.checkpoint.chat.jinja.python.Ordering;
import dev.touchstone.checkpoint.chat.jinja.python.PythonError;
import dev.touchstone.checkpoint.chat.jinja.python.Text;
import dev.touchstone.checkpoint.chat.jinja.python.Tuple;
import dev.touchstone.checkpoint.chat.jinja.python.Values;
import java.math.BigInteger;
import java.util.Iterator;
import java.util.List;

/** Python's {@code json.dumps}. */
public final class JsonText {
    private final boolean ascii;
    private final String indent;
    private final String comma;
    private final String colon;
    private final boolean sorted;
    private final StringBuilder out = new StringBuilder();

    /**
     * @param ascii whether other characters become escapes
     * @param indent what each level is indented by; null for a single line
     * @param comma between elements
     * @param colon between key and value
     * @param sorted whether keys are sorted
     */
    public JsonText(boolean ascii, String indent, String comma, String colon, boolean sorted) {
        this.ascii = ascii;
        this.indent = indent;
        this.comma = comma;
        this.colon = colon;
        this.sorted = sorted;
    }

    /** Throws {@link PythonError} for what JSON has no form of, such as an undefined value. */
    public String of(Object value) {
        write(value, 0);
        return out.toString();
    }

    private void write(Object value, int depth) {
        Budget.size(out.length());
        if (Text.is(value)) {
            quote(Text.of(value));
        } else if (value instanceof List<?> list) {
            writeList(list, depth);
        } else if (value instanceof Tuple tuple) {
            writeList(tuple.items(), depth);
        } else if (value instanceof Dict dict) {
            writeDict(dict, depth);
        } else {
            out.append(scalar(value, "Object of type " + Values.typeName(value) + " is not JSON serializable"));
        }
    }

    private static String scalar(Object value, String problem) {
        if (value == null || value instanceof Boolean) {
            return String.valueOf(value);
        }
        if (value instanceof BigInteger integer) {
            return Integers.repr(integer);
        }
        if (value instanceof Double number) {
            return Double.isNaN(number)
                    ? "NaN"
                    : Double.isInfinite(number) ? (number < 0 ? "-Infinity" : "Infinity") : Floats.repr(number);
        }
        throw new PythonError(problem);
    }

    private void writeList(List<?> list, int depth) {
        out.append('[');
        for (int i = 0; i < list.size(); i++) {
            separate(i, depth + 1);
            write(list.get(i), depth + 1);
        }
        end(list.isEmpty(), ']', depth);
    }

    private void writeDict(Dict dict, int depth) {
        List<Object> keys = dict.keys();
        if (sorted) {
            keys = Ordering.sorted(keys, key -> key, false);
        }
        out.append('{');
        int written = 0;
        for (Iterator<Object> all = keys.iterator(); all.hasNext(); written++) {
            Object key = all.next();
            separate(written, depth + 1);
            quote(
                    Text.is(key)
                            ? Text.of(key)
                            : scalar(key, "keys must be str, int, float, bool or None, not " + Values.typeName(key)));
            out.append(colon);
            write(dict.get(key), depth + 1);
        }
        end(keys.isEmpty(), '}', depth);
    }

    private void separate(int index, int depth) {
        out.append(index == 0 ? "" : comma);
        newLine(depth);
    }

    private void end(boolean empty, char bracket, int depth) {
        if (!empty) {
            newLine(depth);
        }
        out.append(bracket);
    }

    private void newLine(int depth) {
        if (indent != null) {
            Budget.size(out.length() + (long) indent.length() * depth);
            out.append('\n').append(indent.repeat(depth));
        }
    }

    private void quote(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\f' -> out.append("\\f");
                case '\b' -> out.append("\\b");
                default -> {
                    if (c < 0x20 || ascii && c > 0x7E && c != 0x7F) {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
