package dev.touchstone.checkpoint.chat.jinja.operations;

import dev.touchstone.checkpoint.chat.jinja.python.Arguments;
import dev.touchstone.checkpoint.chat.jinja.python.Dict;
import dev.touchstone.checkpoint.chat.jinja.python.Equality;
import dev.touchstone.checkpoint.chat.jinja.python.Functions;
import dev.touchstone.checkpoint.chat.jinja.python.Missing;
import dev.touchstone.checkpoint.chat.jinja.python.PythonError;
import dev.touchstone.checkpoint.chat.jinja.python.Range;
import dev.touchstone.checkpoint.chat.jinja.python.Repr;
import dev.touchstone.checkpoint.chat.jinja.python.Slice;
import dev.touchstone.checkpoint.chat.jinja.python.Values;
import dev.touchstone.checkpoint.chat.jinja.python.View;
import java.math.BigInteger;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/** The methods of Python's containers that change nothing, and the names of those that would. */
final class ContainerMethods {
    static final Functions SEQUENCE = new Functions()
            .add(
                    "count",
                    "self, value, /",
                    a -> BigInteger.valueOf(Values.list(a.get("self")).stream()
                            .filter(item -> Equality.same(item, a.get("value")))
                            .count()))
            .add("index", "self, value, start=0, stop=None, /", ContainerMethods::index);

    static final Functions LIST = new Functions().addAll(SEQUENCE).add("copy", "self, /", a -> a.get("self"));

    static final Functions DICT = new Functions()
            .add("get", "self, key, default=None, /", ContainerMethods::get)
            .add("keys", "self, /", a -> new View((Dict) a.get("self"), View.Kind.KEYS))
            .add("values", "self, /", a -> new View((Dict) a.get("self"), View.Kind.VALUES))
            .add("items", "self, /", a -> new View((Dict) a.get("self"), View.Kind.ITEMS))
            .add("copy", "self, /", a -> a.get("self"))
            .add("fromkeys", "self, keys, value=None, /", a -> fromKeys(a.get("keys"), a.get("value")));

    static final Set<String> CHANGE_LIST =
            Set.of("append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove");

    static final Set<String> CHANGE_DICT = Set.of("clear", "pop", "popitem", "setdefault", "update");

    private ContainerMethods() {}

    private static Object get(Arguments a) {
        Object value = ((Dict) a.get("self")).get(a.get("key"));
        return value == Missing.MISSING ? a.get("default") : value;
    }

    private static BigInteger index(Arguments a) {
        List<Object> items = Values.list(a.get("self"));
        Slice part = new Slice(a.get("start"), a.get("stop"), null);
        int start = ((Range) part.of(new Range(BigInteger.ZERO, BigInteger.valueOf(items.size()), BigInteger.ONE)))
                .start()
                .intValue();
        int place = start;
        for (Object item : (List<?>) part.of(items)) {
            if (Equality.same(item, a.get("value"))) {
                return BigInteger.valueOf(place);
            }
            place++;
        }
        throw new PythonError(Repr.repr(a.get("value")) + " is not in " + Values.typeName(a.get("self")));
    }

    /** Python's {@code dict.fromkeys}. */
    static Dict fromKeys(Object keys, Object value) {
        Dict dict = new Dict();
        for (Iterator<Object> all = Values.iterate(keys); all.hasNext(); ) {
            dict.put(all.next(), value);
        }
        return dict;
    }
}
