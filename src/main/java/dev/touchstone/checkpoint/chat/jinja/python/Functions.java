package dev.touchstone.checkpoint.chat.jinja.python;

import java.util.HashMap;
import java.util.Map;

/** Functions by name: the methods of a type, the filters, the tests. */
public final class Functions {
    /** What a function does with its arguments. */
    @FunctionalInterface
    public interface Body {
        Object call(Arguments arguments);
    }

    private final Map<String, Function> functions = new HashMap<>();

    /** Adds a function with parameters as {@link Signature} reads them. */
    public Functions add(String name, String parameters, Body body) {
        Signature signature = new Signature(name, parameters);
        functions.put(name, call -> body.call(signature.bind(call)));
        return this;
    }

    /** Adds a function that is called by another name as well. */
    public Functions alias(String name, String other) {
        functions.put(name, functions.get(other));
        return this;
    }

    public Functions addAll(Functions others) {
        functions.putAll(others.functions);
        return this;
    }

    public boolean has(String name) {
        return functions.containsKey(name);
    }

    /** Null if there is none of that name. */
    public Function get(String name) {
        return functions.get(name);
    }
}
