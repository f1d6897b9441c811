package dev.touchstone.checkpoint.chat.jinja.library;

import dev.touchstone.checkpoint.chat.jinja.python.Arguments;
import dev.touchstone.checkpoint.chat.jinja.python.Budget;
import dev.touchstone.checkpoint.chat.jinja.python.Call;
import dev.touchstone.checkpoint.chat.jinja.python.Dict;
import dev.touchstone.checkpoint.chat.jinja.python.Function;
import dev.touchstone.checkpoint.chat.jinja.python.Functions;
import dev.touchstone.checkpoint.chat.jinja.python.Generator;
import dev.touchstone.checkpoint.chat.jinja.python.PythonError;
import dev.touchstone.checkpoint.chat.jinja.python.Text;
import dev.touchstone.checkpoint.chat.jinja.python.Values;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Filters that change or choose each element: generators, which do their work when they are iterated. */
final class ChoiceFilters {
    static final Functions ALL = new Functions()
            .add("map", "value, /, *args, **kwargs", ChoiceFilters::map)
            .add("select", "value, /, *args, **kwargs", a -> chosen(a, false, true))
            .add("reject", "value, /, *args, **kwargs", a -> chosen(a, false, false))
            .add("selectattr", "value, /, *args, **kwargs", a -> chosen(a, true, true))
            .add("rejectattr", "value, /, *args, **kwargs", a -> chosen(a, true, false))
            .add("unique", "value, case_sensitive=False, attribute=None", ChoiceFilters::unique);

    private ChoiceFilters() {}

    private static Object map(Arguments a) {
        return generator(a, () -> {
            UnaryOperator<Object> change = change(a);
            return Values.mapped(Values.iterate(a.get("value")), change::apply);
        });
    }

    /** Another filter by name, or an attribute. */
    private static UnaryOperator<Object> change(Arguments a) {
        List<Object> rest = a.rest("args");
        Map<String, Object> named = a.namedRest("kwargs");
        if (rest.isEmpty() && named.containsKey("attribute")) {
            Map<String, Object> others = new HashMap<>(named);
            Object attribute = others.remove("attribute");
            Object otherwise = others.remove("default");
            if (!others.isEmpty()) {
                throw new PythonError("Unexpected keyword argument '"
                        + others.keySet().iterator().next() + "'");
            }
            return AttributePath.of(attribute, otherwise);
        }
        if (rest.isEmpty()) {
            throw new PythonError("map requires a filter argument");
        }
        Function filter = Filters.get(name(rest.get(0)));
        return value -> call(filter, value, a.budget(), rest.subList(1, rest.size()), named);
    }

    private static String name(Object value) {
        if (!Text.is(value)) {
            throw new PythonError("a name is expected, not '" + Values.typeName(value) + "'");
        }
        return Text.of(value);
    }

    private static Object call(
            Function function, Object value, Budget budget, List<Object> rest, Map<String, Object> named) {
        budget.step();
        return budget.made(function.call(new Call(budget, rest, named).withFirst(value)));
    }

    private static Object chosen(Arguments a, boolean byAttribute, boolean wanted) {
        return generator(a, () -> {
            List<Object> rest = a.rest("args");
            if (byAttribute && rest.isEmpty()) {
                throw new PythonError("Missing parameter for attribute name");
            }
            UnaryOperator<Object> subject = byAttribute ? AttributePath.of(rest.get(0), null) : value -> value;
            int first = byAttribute ? 1 : 0;
            Predicate<Object> test = rest.size() > first
                    ? test(a, name(rest.get(first)), rest.subList(first + 1, rest.size()))
                    : Values::truth;
            return filtered(Values.iterate(a.get("value")), value -> test.test(subject.apply(value)) == wanted);
        });
    }

    private static Predicate<Object> test(Arguments a, String name, List<Object> rest) {
        return value -> Values.truth(call(Tests.get(name), value, a.budget(), rest, a.namedRest("kwargs")));
    }

    private static Object unique(Arguments a) {
        UnaryOperator<Object> key = AttributePath.compared(a.get("attribute"), null, a.truth("case_sensitive"));
        Dict seen = new Dict();
        return Generator.of(later(() -> filtered(Values.iterate(a.get("value")), value -> {
            Object itsKey = key.apply(value);
            boolean isNew = !seen.has(itsKey);
            seen.put(itsKey, true);
            return isNew;
        })));
    }

    /** What is false has no elements, whatever it is. */
    private static Generator generator(Arguments a, Supplier<Iterator<Object>> elements) {
        return Generator.of(later(() -> a.truth("value") ? elements.get() : new ArrayList<>().iterator()));
    }

    private static Iterator<Object> later(Supplier<Iterator<Object>> elements) {
        return new Iterator<>() {
            private Iterator<Object> started;

            @Override
            public boolean hasNext() {
                if (started == null) {
                    started = elements.get();
                }
                return started.hasNext();
            }

            @Override
            public Object next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                return started.next();
            }
        };
    }

    private static Iterator<Object> filtered(Iterator<Object> elements, Predicate<Object> chosen) {
        return new Iterator<>() {
            private final List<Object> next = new ArrayList<>();

            @Override
            public boolean hasNext() {
                while (next.isEmpty() && elements.hasNext()) {
                    Object element = elements.next();
                    if (chosen.test(element)) {
                        next.add(element);
                    }
                }
                return !next.isEmpty();
            }

            @Override
            public Object next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                return next.remove(0);
            }
        };
    }
}
