package dev.touchstone.checkpoint.chat.jinja.library;

import dev.touchstone.checkpoint.chat.jinja.operations.Attributes;
import dev.touchstone.checkpoint.chat.jinja.operations.Strftime;
import dev.touchstone.checkpoint.chat.jinja.python.Arguments;
import dev.touchstone.checkpoint.chat.jinja.python.Call;
import dev.touchstone.checkpoint.chat.jinja.python.Dict;
import dev.touchstone.checkpoint.chat.jinja.python.Function;
import dev.touchstone.checkpoint.chat.jinja.python.Functions;
import dev.touchstone.checkpoint.chat.jinja.python.Missing;
import dev.touchstone.checkpoint.chat.jinja.python.Numbers;
import dev.touchstone.checkpoint.chat.jinja.python.PythonError;
import dev.touchstone.checkpoint.chat.jinja.python.PythonObject;
import dev.touchstone.checkpoint.chat.jinja.python.Range;
import dev.touchstone.checkpoint.chat.jinja.python.Tuple;
import dev.touchstone.checkpoint.chat.jinja.python.Undefined;
import dev.touchstone.checkpoint.chat.jinja.python.Values;
import java.math.BigInteger;
import java.time.Clock;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** The functions that every template is given, by Jinja or by transformers. */
public final class Globals {
    private Globals() {}

    /** @param clock the time of {@code strftime_now} */
    public static Map<String, Object> all(Clock clock) {
        Functions functions = new Functions()
                .add("raise_exception", "message", a -> {
                    throw new Refusal(a.str("message"));
                })
                .add("strftime_now", "format", a -> Strftime.format(ZonedDateTime.now(clock), a.text("format")))
                .add("range", "*args", a -> range(a.rest("args")))
                .add("namespace", "/, *args, **kwargs", a -> new Namespace(dict(a)))
                .add("cycler", "*items", a -> new Cycler(a.rest("items")))
                .add("joiner", "sep=', '", a -> new Joiner(a.get("sep")))
                .add("lipsum", "*args, **kwargs", a -> {
                    throw new PythonError("lipsum() is not supported, as it makes random text");
                });
        Map<String, Object> all = new HashMap<>();
        for (String name :
                List.of("raise_exception", "strftime_now", "range", "namespace", "cycler", "joiner", "lipsum")) {
            all.put(name, functions.get(name));
        }
        all.put("dict", new DictType());
        return all;
    }

    private static Range range(List<Object> bounds) {
        if (bounds.isEmpty() || bounds.size() > 3) {
            throw new PythonError("range expected 1 to 3 arguments, got " + bounds.size());
        }
        for (Object bound : bounds) {
            Numbers.bound(bound);
        }
        BigInteger first = Numbers.integer(bounds.get(0));
        BigInteger step = bounds.size() == 3 ? Numbers.integer(bounds.get(2)) : BigInteger.ONE;
        return bounds.size() == 1
                ? new Range(BigInteger.ZERO, first, step)
                : new Range(first, Numbers.integer(bounds.get(1)), step);
    }

    /** Python's {@code dict(...)}: of a dict or of pairs, and of keywords. */
    private static Dict dict(Arguments a) {
        List<Object> rest = a.rest("args");
        if (rest.size() > 1) {
            throw new PythonError("dict expected at most 1 argument, got " + rest.size());
        }
        Dict dict = new Dict();
        if (!rest.isEmpty() && rest.get(0) instanceof Dict other) {
            dict.putAll(other);
        } else if (!rest.isEmpty() && rest.get(0) instanceof Undefined undefined) {
            throw undefined.error();
        } else if (!rest.isEmpty()) {
            for (Iterator<Object> pairs = Values.iterate(rest.get(0)); pairs.hasNext(); ) {
                List<Object> pair = Values.list(pairs.next());
                if (pair.size() != 2) {
                    throw new PythonError(
                            "dictionary update sequence element has length " + pair.size() + "; 2 is required");
                }
                dict.put(pair.get(0), pair.get(1));
            }
        }
        a.namedRest("kwargs").forEach(dict::put);
        return dict;
    }

    /** The function {@code dict}, which has a method. */
    private static final class DictType implements Function {
        private static final Functions FUNCTIONS = new Functions()
                .add("dict", "/, *args, **kwargs", Globals::dict)
                .add(
                        "fromkeys",
                        "/, *args, **kwargs",
                        a -> ((Function) Attributes.attribute(new Dict(), "fromkeys"))
                                .call(new Call(a.budget(), a.rest("args"), a.namedRest("kwargs"))));

        @Override
        public Object call(Call call) {
            return FUNCTIONS.get("dict").call(call);
        }

        @Override
        public Object attribute(String name) {
            return name.equals("fromkeys") ? FUNCTIONS.get(name) : Missing.MISSING;
        }
    }

    /** Returns one of its items after the other, over and over. */
    private static final class Cycler implements PythonObject {
        private final List<Object> items;
        private int position;

        Cycler(List<Object> items) {
            if (items.isEmpty()) {
                throw new PythonError("at least one item has to be provided");
            }
            this.items = items;
        }

        @Override
        public String typeName() {
            return "Cycler";
        }

        @Override
        public Object attribute(String name) {
            return switch (name) {
                case "current" -> items.get(position);
                case "pos" -> BigInteger.valueOf(position);
                case "items" -> Tuple.of(items);
                case "next" ->
                    (Function) call -> {
                        Object item = items.get(position);
                        position = (position + 1) % items.size();
                        return item;
                    };
                case "reset" ->
                    (Function) call -> {
                        position = 0;
                        return null;
                    };
                default -> Missing.MISSING;
            };
        }
    }

    /** Returns nothing at its first call and its separator at every later one. */
    private static final class Joiner implements Function {
        private final Object separator;
        private boolean used;

        Joiner(Object separator) {
            this.separator = separator;
        }

        @Override
        public Object call(Call call) {
            Object result = used ? separator : "";
            used = true;
            return result;
        }

        @Override
        public Object attribute(String name) {
            return name.equals("sep") ? separator : name.equals("used") ? (Object) used : Missing.MISSING;
        }

        @Override
        public String typeName() {
            return "Joiner";
        }
    }
}
