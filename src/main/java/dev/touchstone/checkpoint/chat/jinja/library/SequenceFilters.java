package dev.touchstone.checkpoint.chat.jinja.library;

import dev.touchstone.checkpoint.chat.jinja.operations.Operators;
import dev.touchstone.checkpoint.chat.jinja.python.Arguments;
import dev.touchstone.checkpoint.chat.jinja.python.Budget;
import dev.touchstone.checkpoint.chat.jinja.python.Dict;
import dev.touchstone.checkpoint.chat.jinja.python.Equality;
import dev.touchstone.checkpoint.chat.jinja.python.Functions;
import dev.touchstone.checkpoint.chat.jinja.python.Generator;
import dev.touchstone.checkpoint.chat.jinja.python.Ordering;
import dev.touchstone.checkpoint.chat.jinja.python.PythonError;
import dev.touchstone.checkpoint.chat.jinja.python.Repr;
import dev.touchstone.checkpoint.chat.jinja.python.Slice;
import dev.touchstone.checkpoint.chat.jinja.python.Text;
import dev.touchstone.checkpoint.chat.jinja.python.Tuple;
import dev.touchstone.checkpoint.chat.jinja.python.Undefined;
import dev.touchstone.checkpoint.chat.jinja.python.Values;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Filters of lists and dicts: order, groups, sums. */
final class SequenceFilters {
    static final Functions ALL = new Functions()
            .add("list", "value", a -> Values.list(a.get("value")))
            .add("first", "seq", a -> first(Values.iterate(a.get("seq")), "No first item, sequence was empty."))
            .add("last", "seq", SequenceFilters::last)
            .add("reverse", "value", a -> reverse(a.get("value")))
            .add("join", "value, d='', attribute=None", SequenceFilters::join)
            .add("sort", "value, reverse=False, case_sensitive=False, attribute=None", SequenceFilters::sort)
            .add("dictsort", "value, case_sensitive=False, by='key', reverse=False", SequenceFilters::sortDict)
            .add("min", "value, case_sensitive=False, attribute=None", a -> extreme(a, "<"))
            .add("max", "value, case_sensitive=False, attribute=None", a -> extreme(a, ">"))
            .add("sum", "iterable, attribute=None, start=0", SequenceFilters::sum)
            .add("groupby", "value, attribute, default=None, case_sensitive=False", SequenceFilters::groupBy)
            .add("items", "value", a -> items(a.get("value")))
            .add("batch", "value, linecount, fill_with=None", SequenceFilters::batch)
            .add("slice", "value, slices, fill_with=None", SequenceFilters::slice);

    private SequenceFilters() {}

    private static Object first(Iterator<Object> elements, String otherwise) {
        return elements.hasNext() ? elements.next() : Undefined.because(otherwise);
    }

    private static Object last(Arguments a) {
        Generator reversed = Values.reversed(a.get("seq"));
        if (reversed == null) {
            throw new PythonError("'" + Values.typeName(a.get("seq")) + "' object is not reversible");
        }
        return first(reversed.elements(), "No last item, sequence was empty.");
    }

    private static Object reverse(Object value) {
        if (Text.is(value)) {
            return new Slice(null, null, BigInteger.ONE.negate()).of(value);
        }
        Generator reversed = Values.reversed(value);
        if (reversed != null) {
            return reversed;
        }
        List<Object> list = Values.list(value);
        Collections.reverse(list);
        return list;
    }

    private static String join(Arguments a) {
        UnaryOperator<Object> path = AttributePath.of(a.get("attribute"), null);
        StringBuilder out = new StringBuilder();
        String separator = a.str("d");
        Iterator<Object> elements = Values.iterate(a.get("value"));
        while (elements.hasNext()) {
            out.append(Repr.str(path.apply(elements.next()))).append(elements.hasNext() ? separator : "");
            Budget.size(out.length());
        }
        return out.toString();
    }

    private static Object sort(Arguments a) {
        UnaryOperator<Object> key =
                AttributePath.several(a.get("attribute"), AttributePath.comparison(a.truth("case_sensitive")));
        return Ordering.sorted(Values.list(a.get("value")), key, a.truth("reverse"));
    }

    private static Object sortDict(Arguments a) {
        String by = Text.is(a.get("by")) ? a.text("by") : "";
        if (!by.equals("key") && !by.equals("value")) {
            throw new PythonError("You can only sort by either \"key\" or \"value\"");
        }
        UnaryOperator<Object> comparison = AttributePath.comparison(a.truth("case_sensitive"));
        int place = by.equals("key") ? 0 : 1;
        return Ordering.sorted(
                dict(a.get("value")).items(),
                pair -> comparison.apply(((Tuple) pair).items().get(place)),
                a.truth("reverse"));
    }

    private static Dict dict(Object value) {
        if (value instanceof Dict dict) {
            return dict;
        }
        if (value instanceof Undefined undefined) {
            throw undefined.error();
        }
        throw new PythonError("'" + Values.typeName(value) + "' object has no attribute 'items'");
    }

    private static Object extreme(Arguments a, String operator) {
        List<Object> values = Values.list(a.get("value"));
        return values.isEmpty()
                ? Undefined.because("No aggregated item, sequence was empty.")
                : Ordering.extreme(
                        values, AttributePath.compared(a.get("attribute"), null, a.truth("case_sensitive")), operator);
    }

    private static Object sum(Arguments a) {
        Object sum = a.get("start");
        if (Text.is(sum)) {
            throw new PythonError("sum() can't sum strings");
        }
        UnaryOperator<Object> path = AttributePath.of(a.get("attribute"), null);
        for (Iterator<Object> values = Values.iterate(a.get("iterable")); values.hasNext(); ) {
            sum = a.budget().made(Operators.binary(sum, "+", path.apply(values.next())));
        }
        return sum;
    }

    /** Pairs, with the names {@code grouper} and {@code list}, of a value and what has it. */
    private static Object groupBy(Arguments a) {
        UnaryOperator<Object> key =
                AttributePath.compared(a.get("attribute"), a.get("default"), a.truth("case_sensitive"));
        UnaryOperator<Object> shown = AttributePath.of(a.get("attribute"), a.get("default"));
        List<Object> groups = new ArrayList<>();
        List<Object> group = null;
        Object last = null;
        for (Object value : Ordering.sorted(Values.list(a.get("value")), key, false)) {
            Object itsKey = key.apply(value);
            if (group == null || !Equality.equal(last, itsKey)) {
                group = new ArrayList<>();
                List<Object> pair = new ArrayList<>();
                pair.add(shown.apply(value));
                pair.add(group);
                groups.add(new Tuple(pair, List.of("grouper", "list")));
                last = itsKey;
            }
            group.add(value);
        }
        return groups;
    }

    private static Object items(Object value) {
        if (value instanceof Undefined) {
            return Generator.of(Collections.emptyIterator());
        }
        if (!(value instanceof Dict dict)) {
            return failing("Can only get item pairs from a mapping.");
        }
        return Generator.of(dict.items().iterator());
    }

    /** A generator that fails when it is asked for its first element, as a function with {@code yield} does. */
    static Generator failing(String message) {
        return Generator.of(new Iterator<>() {
            @Override
            public boolean hasNext() {
                throw new PythonError(message);
            }

            @Override
            public Object next() {
                throw new PythonError(message);
            }
        });
    }

    private static Object batch(Arguments a) {
        return lazily(() -> {
            List<Object> batches = new ArrayList<>();
            List<Object> batch = new ArrayList<>();
            for (Object value : Values.list(a.get("value"))) {
                if (Equality.equal(BigInteger.valueOf(batch.size()), a.get("linecount"))) {
                    batches.add(batch);
                    batch = new ArrayList<>();
                }
                batch.add(value);
            }
            if (!batch.isEmpty()) {
                while (a.has("fill_with") && batch.size() < Budget.size(a.integer("linecount"))) {
                    batch.add(a.get("fill_with"));
                }
                batches.add(batch);
            }
            return batches;
        });
    }

    private static Object slice(Arguments a) {
        return lazily(() -> {
            List<Object> values = Values.list(a.get("value"));
            int slices = Budget.size(a.integer("slices"));
            if (slices == 0) {
                throw new PythonError("integer division or modulo by zero");
            }
            List<Object> all = new ArrayList<>();
            int start = 0;
            for (int i = 0; i < slices; i++) {
                boolean longer = i < values.size() % slices;
                int end = start + values.size() / slices + (longer ? 1 : 0);
                List<Object> slice = new ArrayList<>(values.subList(start, end));
                if (a.has("fill_with") && !longer) {
                    slice.add(a.get("fill_with"));
                }
                all.add(slice);
                start = end;
            }
            return all;
        });
    }

    /** A generator whose elements are computed when the first one is asked for. */
    static Generator lazily(Supplier<List<Object>> elements) {
        return Generator.of(new Iterator<>() {
            private Iterator<Object> rest;

            @Override
            public boolean hasNext() {
                if (rest == null) {
                    rest = elements.get().iterator();
                }
                return rest.hasNext();
            }

            @Override
            public Object next() {
                return hasNext() ? rest.next() : null;
            }
        });
    }
}
