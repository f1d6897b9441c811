package dev.touchstone.checkpoint.chat.jinja.library;

import dev.touchstone.checkpoint.chat.jinja.python.Function;
import dev.touchstone.checkpoint.chat.jinja.python.Functions;
import dev.touchstone.checkpoint.chat.jinja.python.PythonError;

/** The filters of Jinja, with {@code tojson} as transformers defines it. The value comes as the first argument. */
public final class Filters {
    private static final Functions ALL = new Functions()
            .addAll(TextFilters.ALL)
            .addAll(ValueFilters.ALL)
            .addAll(SequenceFilters.ALL)
            .addAll(ChoiceFilters.ALL);

    private Filters() {}

    public static boolean has(String name) {
        return ALL.has(name);
    }

    /** Throws {@link PythonError} if there is none of that name. */
    public static Function get(String name) {
        if (!ALL.has(name)) {
            throw new PythonError("No filter named '" + name + "'");
        }
        return ALL.get(name);
    }
}
