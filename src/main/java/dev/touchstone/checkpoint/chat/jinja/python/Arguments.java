package dev.touchstone.checkpoint.chat.jinja.python;

import java.util.List;
import java.util.Map;

/** The arguments of a call by the names of the parameters. */
public record Arguments(Budget budget, Map<String, Object> values) {
    public Object get(String name) {
        return values.get(name);
    }

    /** Whether it is anything but {@code None}. */
    public boolean has(String name) {
        return values.get(name) != null;
    }

    /** An argument that must be a {@code str}. */
    public String text(String name) {
        return Text.of(get(name));
    }

    /** An argument that must be a {@code str} or {@code None}; null for that. */
    public String textOrNull(String name) {
        return has(name) ? text(name) : null;
    }

    /** {@code str(argument)}. */
    public String str(String name) {
        return Repr.str(get(name));
    }

    /** An argument that must be an {@code int}. */
    public int integer(String name) {
        if (get(name) instanceof Undefined undefined) {
            throw undefined.error();
        }
        return Numbers.index(get(name));
    }

    public boolean truth(String name) {
        return Values.truth(get(name));
    }

    /** What a parameter {@code *name} collects. */
    @SuppressWarnings("unchecked")
    public List<Object> rest(String name) {
        return (List<Object>) get(name);
    }

    /** What a parameter {@code **name} collects. */
    @SuppressWarnings("unchecked")
    public Map<String, Object> namedRest(String name) {
        return (Map<String, Object>) get(name);
    }
}
