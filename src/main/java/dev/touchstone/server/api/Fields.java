package dev.touchstone.server.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.util.Problems;
import dev.touchstone.util.Suggestions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * An object of a request. Fields are read by type and range; one that is absent or null is not set. A wrong value throws an
 * {@link ApiException} with the field's path as {@code param}.
 */
final class Fields {
    private static final Pattern LONE_SURROGATE = Pattern.compile("\\p{Cs}");
    /** Longer names are not compared with the known ones. */
    private static final int LONGEST_TYPO = 60;

    private final String prefix;
    private final JsonNode json;

    private Fields(String prefix, JsonNode json) {
        this.prefix = prefix;
        this.json = json;
    }

    /** The body of a request. */
    static Fields of(JsonNode body) {
        if (!body.isObject()) {
            throw ApiException.invalid(null, "the body is " + shown(body) + ", expected an object {...}");
        }
        return new Fields("", body);
    }

    /** An object within the body; {@code path} is its place. */
    static Fields of(String path, JsonNode json) {
        if (!json.isObject()) {
            throw ApiException.invalid(path, path + " is " + shown(json) + ", expected an object {...}");
        }
        return new Fields(path + ".", json);
    }

    /** The place of a field in the body, such as {@code messages[2].content}. */
    String path(String name) {
        return prefix + name;
    }

    JsonNode json() {
        return json;
    }

    /** The field, or null if it is not set. */
    JsonNode node(String name) {
        return json.hasNonNull(name) ? json.get(name) : null;
    }

    boolean has(String name) {
        return json.hasNonNull(name);
    }

    /**
     * Throws for a name that is in neither collection, and for a refused field.
     *
     * @param refused fields that are not supported, each with the JSON texts, besides null, that change nothing
     */
    void only(Set<String> known, Map<String, Set<String>> refused) {
        for (Map.Entry<String, JsonNode> field : json.properties()) {
            String name = field.getKey();
            if (known.contains(name)) {
                continue;
            }
            Set<String> neutral = refused.get(name);
            if (neutral == null) {
                Set<String> names = new TreeSet<>(known);
                String hint = name.length() > LONGEST_TYPO ? "" : Suggestions.question(name, names);
                String shown = Problems.printable(prefix + name);
                throw ApiException.unknown(shown, "there is no parameter " + shown + hint);
            }
            if (!field.getValue().isNull() && !neutral.contains(field.getValue().toString())) {
                String instead = neutral.isEmpty() ? "leave it out" : "leave it out, or set it to " + either(neutral);
                throw ApiException.unsupported(path(name), path(name) + " is not supported; " + instead);
            }
        }
    }

    private static String either(Set<String> values) {
        return String.join(" or ", new TreeSet<>(values));
    }

    /** A string; null if it is not set. */
    String text(String name) {
        JsonNode value = node(name);
        return value == null ? null : text(path(name), value);
    }

    /** A string that must be set. */
    String requiredText(String name) {
        if (!has(name)) {
            throw ApiException.invalid(path(name), path(name) + " is missing, expected a string");
        }
        return text(name);
    }

    static String text(String path, JsonNode value) {
        if (!value.isTextual()) {
            throw wrong(path, value, "a string");
        }
        if (LONE_SURROGATE.matcher(value.textValue()).find()) {
            throw ApiException.invalid(
                    path,
                    path
                            + " has half a character, a lone surrogate, which JSON can hold as an escape such as \\ud83d and"
                            + " UTF-8 cannot; remove it");
        }
        return value.textValue();
    }

    /** A whole number within bounds; null if it is not set. */
    Long whole(String name, long min, long max) {
        JsonNode value = node(name);
        return value == null ? null : whole(path(name), value, min, max);
    }

    /** A whole number of 32 bits within bounds; null if it is not set. */
    Integer integer(String name, int min, int max) {
        Long value = whole(name, min, max);
        return value == null ? null : Integer.valueOf(value.intValue());
    }

    /** A whole number of 32 bits within bounds, or a fallback if it is not set. */
    int integer(String name, int fallback, int min, int max) {
        Integer value = integer(name, min, max);
        return value == null ? fallback : value;
    }

    static long whole(String path, JsonNode value, long min, long max) {
        boolean whole = value.isIntegralNumber() && value.canConvertToLong();
        if (!whole || value.longValue() < min || value.longValue() > max) {
            String range = max == Long.MAX_VALUE
                    ? min == Long.MIN_VALUE ? " of 64 bits" : " of at least " + min
                    : " from " + min + " to " + max;
            throw wrong(path, value, "a whole number" + range);
        }
        return value.longValue();
    }

    /** A number within bounds; null if it is not set. */
    Double number(String name, double min, double max) {
        JsonNode value = node(name);
        return value == null ? null : number(path(name), value, min, max);
    }

    static double number(String path, JsonNode value, double min, double max) {
        if (!value.isNumber() || !(value.doubleValue() >= min && value.doubleValue() <= max)) {
            throw wrong(path, value, "a number from " + spelled(min) + " to " + spelled(max));
        }
        return value.doubleValue();
    }

    private static String spelled(double bound) {
        return bound == Math.rint(bound) ? String.valueOf((long) bound) : String.valueOf(bound);
    }

    /** True or false. */
    boolean flag(String name, boolean fallback) {
        JsonNode value = node(name);
        if (value != null && !value.isBoolean()) {
            throw wrong(path(name), value, "true or false");
        }
        return value == null ? fallback : value.booleanValue();
    }

    /** An object; null if it is not set. */
    Fields object(String name) {
        JsonNode value = node(name);
        return value == null ? null : of(path(name), value);
    }

    /** A list with a bounded number of elements; null if it is not set. */
    List<JsonNode> list(String name, int most) {
        JsonNode value = node(name);
        return value == null ? null : list(path(name), value, most);
    }

    static List<JsonNode> list(String path, JsonNode value, int most) {
        if (!value.isArray() || value.isEmpty() || value.size() > most) {
            String found = value.isArray() ? "a list of " + value.size() : shown(value);
            throw ApiException.invalid(path, path + " is " + found + ", expected a list of 1 to " + most);
        }
        List<JsonNode> elements = new ArrayList<>(value.size());
        value.forEach(elements::add);
        return elements;
    }

    /** One value of several. */
    <T> T choice(String name, T fallback, Map<String, T> meanings) {
        String text = text(name);
        if (text != null && !meanings.containsKey(text)) {
            throw wrong(path(name), json.get(name), String.join(" or ", new TreeSet<>(meanings.keySet())));
        }
        return text == null ? fallback : meanings.get(text);
    }

    static ApiException wrong(String path, JsonNode found, String expected) {
        return ApiException.invalid(path, path + " is " + shown(found) + ", expected " + expected);
    }

    /** The value as messages show it. Lists and objects may be large, so they are not printed. */
    private static String shown(JsonNode value) {
        return value.isMissingNode()
                ? "missing"
                : value.isObject()
                        ? "an object"
                        : value.isArray() ? "a list" : Problems.printable(String.valueOf(value));
    }
}
