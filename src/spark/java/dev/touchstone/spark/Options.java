package dev.touchstone.spark;

import dev.touchstone.util.TouchstoneException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The command line of a program.
 *
 * @param values the value of each option that is given
 * @param others the arguments that are not part of an option
 */
record Options(Map<String, String> values, List<String> others) {
    /** Throws a {@link TouchstoneException} if an option is unknown, has no value, or is given twice. */
    static Options parse(List<String> known, String... arguments) {
        Map<String, String> values = new LinkedHashMap<>();
        List<String> others = new ArrayList<>();
        for (int i = 0; i < arguments.length; i++) {
            String name = arguments[i];
            if (!name.startsWith("--")) {
                others.add(name);
                continue;
            }
            refuse(!known.contains(name), "unknown option " + name);
            refuse(i + 1 == arguments.length, name + " needs a value");
            refuse(values.put(name, arguments[++i]) != null, name + " is given twice");
        }
        return new Options(values, others);
    }

    static void refuse(boolean wrong, String why) {
        if (wrong) {
            throw new TouchstoneException(why);
        }
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    /** The value; null if the option is not given. */
    String get(String name) {
        return values.get(name);
    }

    String get(String name, String otherwise) {
        return values.getOrDefault(name, otherwise);
    }
}
