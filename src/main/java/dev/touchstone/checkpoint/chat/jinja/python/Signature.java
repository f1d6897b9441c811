package dev.touchstone.checkpoint.chat.jinja.python;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The parameters of a function, which say how the arguments of a call are matched. */
public final class Signature {
    private final String function;
    private final List<String> names = new ArrayList<>();
    private final Map<String, Object> defaults = new HashMap<>();
    private int onlyPositional;
    private String rest;
    private String namedRest;

    /**
     * @param parameters as Python's {@code def} lists them: {@code "old, new, count=-1, /"}; defaults are integers, 0.0, strings in
     *     single quotes, {@code None}, {@code True} or {@code False}
     */
    public Signature(String function, String parameters) {
        this.function = function;
        for (String parameter : parameters.isEmpty() ? new String[0] : parameters.split(", (?=[a-z*/])")) {
            add(parameter);
        }
    }

    private void add(String parameter) {
        if (parameter.equals("/")) {
            onlyPositional = names.size();
        } else if (parameter.startsWith("**")) {
            namedRest = parameter.substring(2);
        } else if (parameter.startsWith("*")) {
            rest = parameter.substring(1);
        } else {
            String[] parts = parameter.split("=", 2);
            names.add(parts[0]);
            if (parts.length == 2) {
                defaults.put(parts[0], constant(parts[1]));
            }
        }
    }

    private static Object constant(String text) {
        return switch (text) {
            case "None" -> null;
            case "True" -> true;
            case "False" -> false;
            case "0.0" -> 0.0;
            default -> text.startsWith("'") ? text.substring(1, text.length() - 1) : new BigInteger(text);
        };
    }

    /** Throws {@link PythonError} where Python's call would raise {@code TypeError}. */
    public Arguments bind(Call call) {
        Map<String, Object> values = new HashMap<>(defaults);
        List<Object> positional = call.positional();
        int given = Math.min(positional.size(), names.size());
        for (int i = 0; i < given; i++) {
            values.put(names.get(i), positional.get(i));
        }
        if (positional.size() > names.size() && rest == null) {
            throw new PythonError(function + "() takes " + names.size() + " arguments, not " + positional.size());
        }
        if (rest != null) {
            values.put(rest, positional.subList(given, positional.size()));
        }
        Map<String, Object> others = new LinkedHashMap<>();
        call.named().forEach((name, value) -> {
            int place = names.indexOf(name);
            if (place >= onlyPositional && place >= given) {
                values.put(name, value);
            } else if (place >= onlyPositional && place >= 0) {
                throw new PythonError(function + "() got multiple values for argument '" + name + "'");
            } else {
                others.put(name, value);
            }
        });
        if (!others.isEmpty() && namedRest == null) {
            throw new PythonError(function + "() has no parameter '"
                    + others.keySet().iterator().next() + "'");
        }
        if (namedRest != null) {
            values.put(namedRest, others);
        }
        for (String name : names) {
            if (!values.containsKey(name)) {
                throw new PythonError(function + "() misses its argument '" + name + "'");
            }
        }
        return new Arguments(call.budget(), values);
    }
}
