package dev.touchstone.checkpoint.chat.jinja.library;

import dev.touchstone.checkpoint.chat.jinja.operations.Attributes;
import dev.touchstone.checkpoint.chat.jinja.operations.JsonText;
import dev.touchstone.checkpoint.chat.jinja.operations.Operators;
import dev.touchstone.checkpoint.chat.jinja.python.Arguments;
import dev.touchstone.checkpoint.chat.jinja.python.Floats;
import dev.touchstone.checkpoint.chat.jinja.python.Functions;
import dev.touchstone.checkpoint.chat.jinja.python.Integers;
import dev.touchstone.checkpoint.chat.jinja.python.Missing;
import dev.touchstone.checkpoint.chat.jinja.python.Numbers;
import dev.touchstone.checkpoint.chat.jinja.python.PythonError;
import dev.touchstone.checkpoint.chat.jinja.python.Text;
import dev.touchstone.checkpoint.chat.jinja.python.Undefined;
import dev.touchstone.checkpoint.chat.jinja.python.Values;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;

/** Filters of single values: numbers, defaults, JSON. */
final class ValueFilters {
    static final Functions ALL = new Functions()
            .add("abs", "x, /", a -> Numbers.absolute(defined(a.get("x"))))
            .add("int", "value, default=0, base=10", ValueFilters::toInt)
            .add("float", "value, default=0.0", ValueFilters::toFloat)
            .add("round", "value, precision=0, method='common'", ValueFilters::round)
            .add("filesizeformat", "value, binary=False", ValueFilters::fileSize)
            .add("default", "value, default_value='', boolean=False", ValueFilters::orDefault)
            .alias("d", "default")
            .add("attr", "obj, name", ValueFilters::attribute)
            .add("length", "obj, /", a -> BigInteger.valueOf(Values.length(a.get("obj"))))
            .alias("count", "length")
            .add("tojson", "x, ensure_ascii=False, indent=None, separators=None, sort_keys=False", ValueFilters::toJson)
            .add("pprint", "value", a -> unsupported("pprint"))
            .add("random", "seq", a -> unsupported("random"))
            .add("urlize", "value, *args, **kwargs", a -> unsupported("urlize"))
            .add("wordwrap", "s, *args, **kwargs", a -> unsupported("wordwrap"));

    private ValueFilters() {}

    private static Object unsupported(String filter) {
        throw new PythonError("the filter " + filter + " is not supported");
    }

    private static Object defined(Object value) {
        if (value instanceof Undefined undefined) {
            throw undefined.error();
        }
        return value;
    }

    private static Object orDefault(Arguments a) {
        boolean absent = a.get("value") instanceof Undefined || a.truth("boolean") && !a.truth("value");
        return absent ? a.get("default_value") : a.get("value");
    }

    private static Object toInt(Arguments a) {
        Object value = defined(a.get("value"));
        if (Numbers.isInteger(value)) {
            return Numbers.integer(value);
        }
        if (value instanceof Double number) {
            if (Double.isInfinite(number)) {
                throw new PythonError("cannot convert float infinity to integer");
            }
            return Double.isNaN(number) ? a.get("default") : Numbers.truncate(number);
        }
        if (!Text.is(value)) {
            return a.get("default");
        }
        BigInteger integer = whole(Text.of(value), a.get("base"));
        Double number = integer == null ? Floats.parse(Text.of(value)) : null;
        boolean finite = number != null && !Double.isNaN(number) && !Double.isInfinite(number);
        return integer != null ? integer : finite ? Numbers.truncate(number) : a.get("default");
    }

    /** Null if it is no integer of that base, or the base is none. */
    private static BigInteger whole(String text, Object base) {
        try {
            return Integers.parse(text, Numbers.bound(base));
        } catch (PythonError e) {
            return null;
        }
    }

    private static Object toFloat(Arguments a) {
        Object value = defined(a.get("value"));
        if (Numbers.is(value)) {
            return Numbers.toDouble(value);
        }
        Double number = Text.is(value) ? Floats.parse(Text.of(value)) : null;
        return number == null ? a.get("default") : number;
    }

    private static Object round(Arguments a) {
        Object value = defined(a.get("value"));
        String method = Text.is(a.get("method")) ? a.text("method") : "";
        if (!List.of("common", "ceil", "floor").contains(method)) {
            throw new PythonError("method must be common, ceil or floor");
        }
        if (!Numbers.is(value)) {
            throw new PythonError("type " + Values.typeName(value) + " doesn't define __round__ method");
        }
        if (method.equals("common")) {
            return a.has("precision") ? Floats.round(value, Numbers.bound(a.get("precision"))) : toWhole(value);
        }
        Object factor = Operators.binary(BigInteger.TEN, "**", a.get("precision"));
        Object scaled = Operators.binary(value, "*", factor);
        RoundingMode mode = method.equals("ceil") ? RoundingMode.CEILING : RoundingMode.FLOOR;
        return Operators.binary(whole(scaled, mode), "/", factor);
    }

    private static Object toWhole(Object value) {
        return whole(value, RoundingMode.HALF_EVEN);
    }

    private static BigInteger whole(Object value, RoundingMode mode) {
        if (!(value instanceof Double number)) {
            return Numbers.integer(value);
        }
        Numbers.truncate(number); // refuses infinity and NaN
        return new BigDecimal(number).setScale(0, mode).toBigInteger();
    }

    private static String fileSize(Arguments a) {
        Object value = defined(a.get("value"));
        Double bytes = Numbers.is(value)
                ? (Double) Numbers.toDouble(value)
                : Text.is(value) ? Floats.parse(Text.of(value)) : null;
        if (bytes == null) {
            throw new PythonError("could not convert to float: '" + Values.typeName(value) + "'");
        }
        int base = a.truth("binary") ? 1024 : 1000;
        if (bytes == 1) {
            return "1 Byte";
        }
        if (bytes < base) {
            return Numbers.truncate(bytes) + " Bytes";
        }
        String prefixes = a.truth("binary") ? "KMGTPEZY" : "kMGTPEZY";
        int power = 0;
        while (power < prefixes.length() - 1 && bytes >= Math.pow(base, power + 2)) {
            power++;
        }
        Object size = Operators.binary(base * bytes, "/", Math.pow(base, power + 2));
        return Operators.binary("%.1f", "%", size) + " " + prefixes.charAt(power) + (a.truth("binary") ? "iB" : "B");
    }

    private static Object attribute(Arguments a) {
        Object value = Attributes.attribute(a.get("obj"), a.text("name"));
        return value == Missing.MISSING ? Undefined.member(a.get("obj"), a.get("name")) : value;
    }

    private static String toJson(Arguments a) {
        Object indent = a.get("indent");
        String comma = indent == null ? ", " : ",";
        String colon = ": ";
        if (a.has("separators")) {
            List<Object> both = Values.list(a.get("separators"));
            if (both.size() != 2) {
                throw new PythonError("separators must be two, got " + both.size());
            }
            comma = Text.of(both.get(0));
            colon = Text.of(both.get(1));
        }
        String step = indent == null
                ? null
                : Text.is(indent) ? Text.of(indent) : " ".repeat(Math.max(0, Math.min(a.integer("indent"), 1 << 16)));
        return new JsonText(a.truth("ensure_ascii"), step, comma, colon, a.truth("sort_keys")).of(a.get("x"));
    }
}
