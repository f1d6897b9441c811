package dev.touchstone.checkpoint.chat.jinja;

import dev.touchstone.checkpoint.chat.jinja.python.Call;
import dev.touchstone.checkpoint.chat.jinja.python.Dict;
import dev.touchstone.checkpoint.chat.jinja.python.PythonError;
import dev.touchstone.checkpoint.chat.jinja.python.Text;
import dev.touchstone.checkpoint.chat.jinja.python.Values;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The arguments of a call as they are written.
 *
 * @param rest the expression after {@code *}, or null
 * @param namedRest the expression after {@code **}, or null
 */
record ArgumentList(List<Expression> positional, Map<String, Expression> named, Expression rest, Expression namedRest) {
    static final ArgumentList NONE = new ArgumentList(List.of(), Map.of(), null, null);

    Stream<Expression> parts() {
        return Stream.of(
                        positional.stream(),
                        named.values().stream(),
                        Stream.ofNullable(rest),
                        Stream.ofNullable(namedRest))
                .flatMap(part -> part);
    }

    Call evaluate(Frame frame) {
        List<Object> values = new ArrayList<>();
        for (Expression argument : positional) {
            values.add(argument.value(frame));
        }
        Map<String, Object> namedValues = new LinkedHashMap<>();
        for (Map.Entry<String, Expression> argument : named.entrySet()) {
            namedValues.put(argument.getKey(), argument.getValue().value(frame));
        }
        if (rest != null) {
            Values.iterate(rest.value(frame)).forEachRemaining(values::add);
        }
        if (namedRest != null) {
            addAll(namedRest.value(frame), namedValues);
        }
        return new Call(frame.budget(), values, namedValues);
    }

    private static void addAll(Object more, Map<String, Object> named) {
        if (!(more instanceof Dict dict)) {
            throw new PythonError("argument after ** must be a mapping, not " + Values.typeName(more));
        }
        for (Object key : dict.keys()) {
            if (!Text.is(key)) {
                throw new PythonError("keywords must be strings");
            }
            if (named.put(Text.of(key), dict.get(key)) != null) {
                throw new PythonError("got multiple values for keyword argument '" + Text.of(key) + "'");
            }
        }
    }
}
