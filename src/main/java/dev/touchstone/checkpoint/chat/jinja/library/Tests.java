package dev.touchstone.checkpoint.chat.jinja.library;

import dev.touchstone.checkpoint.chat.jinja.operations.Attributes;
import dev.touchstone.checkpoint.chat.jinja.operations.Operators;
import dev.touchstone.checkpoint.chat.jinja.python.Arguments;
import dev.touchstone.checkpoint.chat.jinja.python.Call;
import dev.touchstone.checkpoint.chat.jinja.python.Dict;
import dev.touchstone.checkpoint.chat.jinja.python.Equality;
import dev.touchstone.checkpoint.chat.jinja.python.Function;
import dev.touchstone.checkpoint.chat.jinja.python.Functions;
import dev.touchstone.checkpoint.chat.jinja.python.Markup;
import dev.touchstone.checkpoint.chat.jinja.python.Numbers;
import dev.touchstone.checkpoint.chat.jinja.python.Ordering;
import dev.touchstone.checkpoint.chat.jinja.python.PythonError;
import dev.touchstone.checkpoint.chat.jinja.python.Sized;
import dev.touchstone.checkpoint.chat.jinja.python.Text;
import dev.touchstone.checkpoint.chat.jinja.python.Undefined;
import dev.touchstone.checkpoint.chat.jinja.python.Values;
import dev.touchstone.checkpoint.chat.jinja.python.View;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;

/** The tests of Jinja, which follow {@code is}. */
public final class Tests {
    private static final Functions ALL = new Functions()
            .add("defined", "value", a -> !(a.get("value") instanceof Undefined))
            .add("undefined", "value", a -> a.get("value") instanceof Undefined)
            .add("none", "value", a -> a.get("value") == null)
            .add("boolean", "value", a -> a.get("value") instanceof Boolean)
            .add("true", "value", a -> Boolean.TRUE.equals(a.get("value")))
            .add("false", "value", a -> Boolean.FALSE.equals(a.get("value")))
            .add("integer", "value", a -> a.get("value") instanceof BigInteger)
            .add("float", "value", a -> a.get("value") instanceof Double)
            .add("number", "value", a -> Numbers.is(a.get("value")))
            .add("string", "value", a -> Text.is(a.get("value")))
            .add("mapping", "value", a -> a.get("value") instanceof Dict)
            .add("iterable", "value", a -> Values.isIterable(a.get("value")))
            .add("sequence", "value", a -> isSequence(a.get("value")))
            .add("callable", "obj, /", a -> a.get("obj") instanceof Function || a.get("obj") instanceof Undefined)
            .add("escaped", "value", a -> a.get("value") instanceof Markup)
            .add("sameas", "value, other", a -> isSame(a.get("value"), a.get("other")))
            .add("odd", "value", a -> remainder(a.get("value"), BigInteger.TWO, BigInteger.ONE))
            .add("even", "value", a -> remainder(a.get("value"), BigInteger.TWO, BigInteger.ZERO))
            .add("divisibleby", "value, num", a -> remainder(a.get("value"), a.get("num"), BigInteger.ZERO))
            .add("lower", "value", a -> method(a, "islower"))
            .add("upper", "value", a -> method(a, "isupper"))
            .add("filter", "value", a -> isName(a.get("value")) && Filters.has(a.text("value")))
            .add("test", "value", a -> isName(a.get("value")) && has(a.text("value")))
            .add("in", "value, seq", a -> Values.contains(a.get("seq"), a.get("value")))
            .add("eq", "a, b, /", a -> Equality.equal(a.get("a"), a.get("b")))
            .add("ne", "a, b, /", a -> !Equality.equal(a.get("a"), a.get("b")))
            .add("lt", "a, b, /", a -> Ordering.holds(a.get("a"), "<", a.get("b")))
            .add("le", "a, b, /", a -> Ordering.holds(a.get("a"), "<=", a.get("b")))
            .add("gt", "a, b, /", a -> Ordering.holds(a.get("a"), ">", a.get("b")))
            .add("ge", "a, b, /", a -> Ordering.holds(a.get("a"), ">=", a.get("b")))
            .alias("==", "eq")
            .alias("equalto", "eq")
            .alias("!=", "ne")
            .alias("<", "lt")
            .alias("lessthan", "lt")
            .alias("<=", "le")
            .alias(">", "gt")
            .alias("greaterthan", "gt")
            .alias(">=", "ge");

    private Tests() {}

    public static boolean has(String name) {
        return ALL.has(name);
    }

    /** Throws {@link PythonError} if there is none of that name. */
    public static Function get(String name) {
        if (!ALL.has(name)) {
            throw new PythonError("No test named '" + name + "'");
        }
        return ALL.get(name);
    }

    /** What cannot be a key of a dict is an error, as Python looks names up in one. */
    private static boolean isName(Object value) {
        return !new Dict().has(value) && Text.is(value);
    }

    private static boolean isSequence(Object value) {
        return Values.hasLength(value) && !(value instanceof View) && !(value instanceof Sized);
    }

    /** Whether Python has one object for both: it shares small integers and the strings of a template. */
    private static boolean isSame(Object a, Object b) {
        if (a instanceof BigInteger x && b instanceof BigInteger y) {
            return x.equals(y) && x.compareTo(BigInteger.valueOf(-6)) > 0 && x.compareTo(BigInteger.valueOf(257)) < 0;
        }
        return a == b || a instanceof Boolean && a.equals(b) || a instanceof String && a.equals(b);
    }

    private static boolean remainder(Object value, Object divisor, BigInteger expected) {
        return Equality.equal(Operators.binary(value, "%", divisor), expected);
    }

    private static Object method(Arguments a, String name) {
        return ((Function) Attributes.attribute(a.str("value"), name)).call(new Call(a.budget(), List.of(), Map.of()));
    }
}
