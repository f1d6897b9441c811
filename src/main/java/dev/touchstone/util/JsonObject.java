package dev.touchstone.util;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.POJONode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * An object in a JSON file. Its fields are read by type; a field that is absent or null has the default that the caller
 * gives. A value of the wrong type throws a {@link TouchstoneException} with the path of the field, the value that was found
 * and what was expected.
 */
public class JsonObject {
    private final String path;
    private final JsonNode json;

    /**
     * @param path the file, and the place of the object in it, such as {@code config.json: rope_parameters}
     * @param json an object
     */
    public JsonObject(String path, JsonNode json) {
        this.path = path;
        this.json = json;
    }

    /** The file, and the place of the object in it, as messages show it. */
    public String path() {
        return path;
    }

    /** The object itself. */
    public JsonNode json() {
        return json;
    }

    /** Whether the field is present and not null. */
    public boolean has(String name) {
        return json.hasNonNull(name);
    }

    /** Whether the field is absent. One that is null is present. */
    public boolean isAbsent(String name) {
        return !json.has(name);
    }

    /** Whether the field is present and null. */
    public boolean isNull(String name) {
        return json.path(name).isNull();
    }

    /** A string, if the field is set. */
    public Optional<String> text(String name) {
        if (!has(name)) {
            return Optional.empty();
        }
        if (!json.get(name).isTextual()) {
            throw error(name, "a string");
        }
        return Optional.of(json.get(name).textValue());
    }

    /** A string that must be set. */
    public String string(String name) {
        return text(name).orElseThrow(() -> error(name, "a string"));
    }

    /** The meaning of a string that must be one of several. */
    public <T> T choice(String name, String fallback, Map<String, T> meanings) {
        T meaning = meanings.get(text(name).orElse(fallback));
        if (meaning == null) {
            throw error(
                    name,
                    "one of "
                            + String.join(
                                    ", ", meanings.keySet().stream().sorted().toList()));
        }
        return meaning;
    }

    /** True or false. */
    public boolean flag(String name, boolean fallback) {
        if (has(name) && !json.get(name).isBoolean()) {
            throw error(name, "true or false");
        }
        return has(name) ? json.get(name).booleanValue() : fallback;
    }

    /** A whole number that must be set. */
    public int integer(String name) {
        return whole(name, json.path(name));
    }

    /** A whole number. */
    public int integer(String name, int fallback) {
        return has(name) ? integer(name) : fallback;
    }

    /** Whole numbers, written as a list or as a single one; none if the field is not set. */
    public List<Integer> integers(String name) {
        if (!has(name)) {
            return List.of();
        }
        List<Integer> integers = new ArrayList<>();
        for (JsonNode value : json.get(name).isArray() ? json.get(name) : List.of(json.get(name))) {
            integers.add(whole(name, value));
        }
        return List.copyOf(integers);
    }

    /** The fields of an object whose values are all whole numbers, in their order in the file. */
    public Map<String, Integer> integers() {
        Map<String, Integer> integers = new LinkedHashMap<>();
        if (isMap(json)) {
            ((Map<?, ?>) ((POJONode) json).getPojo())
                    .forEach((name, value) -> integers.put((String) name, (Integer) value));
            return integers;
        }
        json.properties().forEach(field -> integers.put(field.getKey(), whole(field.getKey(), field.getValue())));
        return integers;
    }

    /** A finite number. */
    public double number(String name, double fallback) {
        if (!has(name)) {
            return fallback;
        }
        if (!json.get(name).isNumber() || !Double.isFinite(json.get(name).doubleValue())) {
            throw error(name, "a number");
        }
        return json.get(name).doubleValue();
    }

    /** A list of strings; an empty one if the field is not set. */
    public List<String> texts(String name) {
        List<String> texts = new ArrayList<>();
        for (JsonNode text : list(name)) {
            if (!text.isTextual()) {
                throw error(name, "a list of strings");
            }
            texts.add(text.textValue());
        }
        return List.copyOf(texts);
    }

    /** A list of any values; an empty one if the field is not set. */
    public List<JsonNode> list(String name) {
        if (!has(name)) {
            return List.of();
        }
        if (!json.get(name).isArray()) {
            throw error(name, "a list");
        }
        List<JsonNode> values = new ArrayList<>();
        json.get(name).forEach(values::add);
        return values;
    }

    /** An object that must be set. */
    public JsonObject object(String name) {
        if (!json.path(name).isObject() && !isMap(json.path(name))) {
            throw error(name, "an object {...}");
        }
        return new JsonObject(path + ": " + name, json.get(name));
    }

    /** Objects, written as a list or as a single one; none if the field is not set. */
    public List<JsonObject> objects(String name) {
        if (!has(name)) {
            return List.of();
        }
        if (!json.get(name).isArray()) {
            return List.of(object(name));
        }
        List<JsonObject> objects = new ArrayList<>();
        for (JsonNode value : json.get(name)) {
            String place = name + "[" + objects.size() + "]";
            if (!value.isObject()) {
                throw error(place, value, "an object {...}");
            }
            objects.add(new JsonObject(path + ": " + place, value));
        }
        return objects;
    }

    /** Whether it is an object that was made in memory, of whole numbers, without a node for each. */
    private static boolean isMap(JsonNode value) {
        return value instanceof POJONode made && made.getPojo() instanceof Map;
    }

    private int whole(String name, JsonNode value) {
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw error(name, value, "a whole number of at most " + Integer.MAX_VALUE);
        }
        return value.intValue();
    }

    /** For a field whose value is not the expected one. */
    public TouchstoneException error(String name, String expected) {
        return error(name, json.path(name), expected);
    }

    /** For a value that is not the expected one, of a field or derived from fields. */
    public TouchstoneException error(String name, Object found, String expected) {
        boolean missing = found instanceof JsonNode node && node.isMissingNode();
        String value = missing ? "missing" : Problems.printable(String.valueOf(found));
        return new TouchstoneException(path + ": " + name + " is " + value + ", expected " + expected);
    }

    /** Two objects are equal if they have the same path and the same fields. */
    @Override
    public boolean equals(Object other) {
        return other instanceof JsonObject object && path.equals(object.path) && json.equals(object.json);
    }

    @Override
    public int hashCode() {
        return Objects.hash(path, json);
    }
}
