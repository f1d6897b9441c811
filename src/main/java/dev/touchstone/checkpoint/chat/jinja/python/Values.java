package dev.touchstone.checkpoint.chat.jinja.python;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * What holds for values of every type. Python's types are these in Java: {@code None} null, {@code bool} Boolean, {@code int}
 * BigInteger, {@code float} Double, {@code str} String, {@code list} List, and {@link Tuple}, {@link Dict}, {@link View}, {@link
 * Range}, {@link Generator}, {@link Undefined}, {@link Markup}, {@link PythonObject}. All but a namespace are immutable, as the
 * sandbox of Jinja has no method that changes one.
 */
public final class Values {
    private static final Map<Class<?>, String> TYPE_NAMES = Map.of(
            Boolean.class, "bool",
            BigInteger.class, "int",
            Double.class, "float",
            String.class, "str",
            Markup.class, "Markup",
            Tuple.class, "tuple",
            Dict.class, "dict",
            Range.class, "range",
            Undefined.class, "Undefined");

    private Values() {}

    /** Python's value for one of Java: maps, lists, strings, numbers, booleans and null, nested as they may be. */
    public static Object of(Object java) {
        if (java instanceof Map<?, ?> map) {
            Dict dict = new Dict();
            map.forEach((key, value) -> dict.put(of(key), of(value)));
            return dict;
        }
        if (java instanceof List<?> list) {
            List<Object> values = new ArrayList<>();
            list.forEach(value -> values.add(of(value)));
            return Collections.unmodifiableList(values);
        }
        if (java instanceof Double || java instanceof Float || java instanceof BigDecimal) {
            return ((Number) java).doubleValue();
        }
        if (java instanceof Number && !(java instanceof BigInteger)) {
            return BigInteger.valueOf(((Number) java).longValue());
        }
        return java;
    }

    /** The name of its class in Python, for messages. */
    public static String typeName(Object value) {
        if (value instanceof PythonObject object) {
            return object.typeName();
        }
        if (value instanceof View view) {
            return view.typeName();
        }
        if (value instanceof Generator generator) {
            return generator.typeName();
        }
        if (value instanceof List) {
            return "list";
        }
        return value == null ? "NoneType" : TYPE_NAMES.get(value.getClass());
    }

    /** Python's {@code bool(value)}. */
    public static boolean truth(Object value) {
        if (value instanceof Boolean truth) {
            return truth;
        }
        if (value instanceof BigInteger integer) {
            return integer.signum() != 0;
        }
        if (value instanceof Double number) {
            return number != 0;
        }
        return value != null && (!hasLength(value) || length(value) > 0);
    }

    public static boolean hasLength(Object value) {
        return Text.is(value)
                || value instanceof List
                || value instanceof Tuple
                || value instanceof Dict
                || value instanceof View
                || value instanceof Range
                || value instanceof Undefined
                || value instanceof Sized;
    }

    /** Python's {@code len(value)}. */
    public static int length(Object value) {
        if (Text.is(value)) {
            return Text.length(Text.of(value));
        }
        if (value instanceof List<?> list) {
            return list.size();
        }
        if (value instanceof Tuple tuple) {
            return tuple.items().size();
        }
        if (value instanceof Dict dict) {
            return dict.size();
        }
        if (value instanceof View view) {
            return view.dict().size();
        }
        if (value instanceof Range range) {
            return range.length();
        }
        if (value instanceof Undefined) {
            return 0;
        }
        if (value instanceof Sized sized) {
            return sized.length();
        }
        throw new PythonError("object of type '" + typeName(value) + "' has no len()");
    }

    public static boolean isIterable(Object value) {
        return hasLength(value) || value instanceof Generator;
    }

    /** Python's {@code iter(value)}. */
    public static Iterator<Object> iterate(Object value) {
        if (Text.is(value)) {
            Iterator<Integer> codePoints = Text.of(value).codePoints().iterator();
            return mapped(codePoints, Character::toString);
        }
        if (value instanceof List<?> list) {
            return Collections.<Object>unmodifiableList(list).iterator();
        }
        if (value instanceof Tuple tuple) {
            return tuple.items().iterator();
        }
        if (value instanceof Dict dict) {
            return dict.iterator();
        }
        if (value instanceof View view) {
            return view.elements().iterator();
        }
        if (value instanceof Range range) {
            return range.elements().iterator();
        }
        if (value instanceof Undefined) {
            return Collections.emptyIterator();
        }
        if (value instanceof Generator generator) {
            return generator.elements();
        }
        throw new PythonError("'" + typeName(value) + "' object is not iterable");
    }

    /** Python's {@code list(value)}. */
    public static List<Object> list(Object value) {
        List<Object> list = new ArrayList<>();
        for (Iterator<Object> elements = iterate(value); elements.hasNext(); ) {
            Budget.size(list.size() + 1L);
            list.add(elements.next());
        }
        return list;
    }

    /** Python's {@code reversed(value)}; null for what has no order. */
    public static Generator reversed(Object value) {
        if (value instanceof Generator || !hasLength(value) || value instanceof Sized) {
            return null;
        }
        List<Object> list = list(value);
        Collections.reverse(list);
        return new Generator(value instanceof List ? "list_reverseiterator" : "reversed", list.iterator());
    }

    /** Python's {@code element in container}. */
    public static boolean contains(Object container, Object element) {
        if (Text.is(container)) {
            if (!Text.is(element)) {
                throw new PythonError("'in <string>' requires string as left operand, not " + typeName(element));
            }
            return Text.of(container).contains(Text.of(element));
        }
        if (container instanceof Dict dict) {
            return dict.has(element);
        }
        if (container instanceof View view && view.kind() == View.Kind.KEYS) {
            return view.dict().has(element);
        }
        if (!isIterable(container)) {
            throw new PythonError("argument of type '" + typeName(container) + "' is not iterable");
        }
        for (Iterator<Object> elements = iterate(container); elements.hasNext(); ) {
            if (Equality.same(elements.next(), element)) {
                return true;
            }
        }
        return false;
    }

    /** The same elements, each changed when it is asked for. */
    public static <A, B> Iterator<Object> mapped(Iterator<A> elements, java.util.function.Function<A, B> change) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return elements.hasNext();
            }

            @Override
            public Object next() {
                return change.apply(elements.next());
            }
        };
    }
}
