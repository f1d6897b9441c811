package dev.touchstone.checkpoint.chat.jinja.operations;

import dev.touchstone.checkpoint.chat.jinja.python.Dict;
import dev.touchstone.checkpoint.chat.jinja.python.Function;
import dev.touchstone.checkpoint.chat.jinja.python.Functions;
import dev.touchstone.checkpoint.chat.jinja.python.Markup;
import dev.touchstone.checkpoint.chat.jinja.python.Missing;
import dev.touchstone.checkpoint.chat.jinja.python.Numbers;
import dev.touchstone.checkpoint.chat.jinja.python.PythonError;
import dev.touchstone.checkpoint.chat.jinja.python.PythonObject;
import dev.touchstone.checkpoint.chat.jinja.python.Range;
import dev.touchstone.checkpoint.chat.jinja.python.Text;
import dev.touchstone.checkpoint.chat.jinja.python.Tuple;
import dev.touchstone.checkpoint.chat.jinja.python.Undefined;
import dev.touchstone.checkpoint.chat.jinja.python.Values;
import java.util.List;

/** {@code value.name} and {@code value[key]}, as the sandbox of Jinja resolves them. */
public final class Attributes {
    private Attributes() {}

    /** {@code value.name}: the attribute, else the element of that name, else undefined. */
    public static Object dot(Object value, String name) {
        Object attribute = attribute(value, name);
        if (attribute != Missing.MISSING) {
            return attribute;
        }
        Object element = element(value, name);
        return element != Missing.MISSING ? element : Undefined.member(value, name);
    }

    /** {@code value[key]}: the element, else the attribute of that name, else undefined. */
    public static Object subscript(Object value, Object key) {
        Object element = element(value, key);
        if (element != Missing.MISSING) {
            return element;
        }
        Object attribute = Text.is(key) ? attribute(value, Text.of(key)) : Missing.MISSING;
        return attribute != Missing.MISSING ? attribute : Undefined.member(value, key);
    }

    /** {@link Missing} where Python has no such element, or no elements at all. */
    private static Object element(Object value, Object key) {
        if (value instanceof Undefined undefined) {
            throw undefined.error();
        }
        if (value instanceof Dict dict) {
            try {
                return dict.get(key);
            } catch (PythonError e) { // a key that cannot be hashed
                return Missing.MISSING;
            }
        }
        boolean ordered = Text.is(value) || value instanceof List || value instanceof Tuple || value instanceof Range;
        if (!ordered || !Numbers.isInteger(key)) {
            return Missing.MISSING;
        }
        int length = Values.length(value);
        long index = Numbers.bound(key);
        index += index < 0 ? length : 0;
        return index < 0 || index >= length ? Missing.MISSING : at(value, (int) index);
    }

    private static Object at(Object value, int index) {
        if (Text.is(value)) {
            String character = Text.at(Text.of(value), index);
            return value instanceof Markup ? new Markup(character) : character;
        }
        if (value instanceof Range range) {
            return range.get(index);
        }
        return value instanceof Tuple tuple ? tuple.items().get(index) : ((List<?>) value).get(index);
    }

    /** An attribute proper; {@link Missing} if the type has none of that name. */
    public static Object attribute(Object value, String name) {
        if (value instanceof Undefined undefined) {
            if (name.startsWith("__") && name.endsWith("__")) {
                return Undefined.unsafe(value, name);
            }
            throw undefined.error();
        }
        if (value instanceof PythonObject object) {
            return object.attribute(name);
        }
        if (name.startsWith("_")) {
            return Missing.MISSING;
        }
        if (Numbers.is(value)) {
            return NumberMethods.get(value, name);
        }
        if (value instanceof Range range) {
            switch (name) {
                case "start":
                    return range.start();
                case "stop":
                    return range.stop();
                case "step":
                    return range.step();
                default:
            }
        }
        if (value instanceof Tuple tuple && tuple.names().contains(name)) {
            return tuple.items().get(tuple.names().indexOf(name));
        }
        if (value instanceof List && ContainerMethods.CHANGE_LIST.contains(name)
                || value instanceof Dict && ContainerMethods.CHANGE_DICT.contains(name)) {
            return Undefined.unsafe(value, name);
        }
        Function method = method(value, name);
        return method == null ? Missing.MISSING : method;
    }

    private static Function method(Object value, String name) {
        if (value instanceof Markup markup) {
            return MarkupMethods.get(markup, name);
        }
        Functions methods = value instanceof String
                ? StringMethods.ALL
                : value instanceof List
                        ? ContainerMethods.LIST
                        : value instanceof Dict
                                ? ContainerMethods.DICT
                                : value instanceof Tuple || value instanceof Range
                                        ? ContainerMethods.SEQUENCE
                                        : new Functions();
        return methods.has(name) ? methods.get(name).boundTo(value) : null;
    }
}
