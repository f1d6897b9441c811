package dev.touchstone.families;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.util.Problems;
import dev.touchstone.util.TouchstoneException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The fields of a {@code config.json} with the checks and defaults of Hugging Face's configuration classes. A field that
 * is absent has its default; so has one that is null.
 */
public final class Config {
    private final String file;
    private final JsonNode fields;

    public Config(String file, JsonNode fields) {
        this.file = file;
        this.fields = fields;
    }

    boolean has(String field) {
        return fields.hasNonNull(field);
    }

    /** Whether the field is not there at all, not even as null. */
    public boolean isSilentOn(String field) {
        return !fields.has(field);
    }

    /** A size, 1 or more: the first of {@code names} that is there, as some fields have had several names. */
    int size(int fallback, String... names) {
        String name = Stream.of(names).filter(this::has).findFirst().orElse(names[0]);
        if (!has(name)) {
            return fallback;
        }
        int size = whole(name, fields.get(name));
        if (size < 1) {
            throw error(name, size, "1 or more");
        }
        return size;
    }

    /** A number of 0 or more. */
    double number(double fallback, String name) {
        if (!has(name)) {
            return fallback;
        }
        JsonNode value = fields.get(name);
        if (!value.isNumber() || !(value.doubleValue() >= 0) || Double.isInfinite(value.doubleValue())) {
            throw error(name, value, "a number of 0 or more");
        }
        return value.doubleValue();
    }

    /** How many times longer a context is than the one that was trained: {@code factor}, 1 or more, which must be there. */
    double factor() {
        double factor = number(0, "factor");
        if (factor < 1) {
            throw error("factor", fields.get("factor"), "a number of 1 or more");
        }
        return factor;
    }

    /** A number above 0; 0 stands for the default, as where Python says {@code or}. */
    double positive(double fallback, String name) {
        double number = number(fallback, name);
        return number == 0 ? fallback : number;
    }

    /** A number of 0 or more, where null means that there is none: 0. */
    double numberOrNone(double fallback, String name) {
        return isSilentOn(name) ? fallback : number(0, name);
    }

    /** A number of things, 0 or more. */
    int count(int fallback, String name) {
        int count = has(name) ? whole(name, fields.get(name)) : fallback;
        if (count < 0) {
            throw error(name, count, "0 or more");
        }
        return count;
    }

    /** The number of heads, which must divide the channels. */
    int heads(int channels, int heads, String name) {
        if (channels % heads != 0) {
            throw error(name, heads, "a divisor of the channels, which are " + channels);
        }
        return heads;
    }

    /** The field as it stands; null if it is absent. */
    JsonNode json(String name) {
        return has(name) ? fields.get(name) : null;
    }

    boolean flag(boolean fallback, String name) {
        if (has(name) && !fields.get(name).isBoolean()) {
            throw error(name, fields.get(name), "true or false");
        }
        return has(name) ? fields.get(name).booleanValue() : fallback;
    }

    String text(String fallback, String name) {
        if (has(name) && !fields.get(name).isTextual()) {
            throw error(name, fields.get(name), "a string");
        }
        return has(name) ? fields.get(name).textValue() : fallback;
    }

    /** The settings within a setting; empty ones if the field is absent. */
    Config part(String name) {
        if (has(name) && !fields.get(name).isObject()) {
            throw error(name, fields.get(name), "an object {...}");
        }
        return new Config(file + ": " + name, fields.path(name));
    }

    /** One of several values that have a meaning each. */
    <T> T choice(String fallback, String name, Map<String, T> meanings) {
        T meaning = meanings.get(text(fallback, name));
        if (meaning == null) {
            throw error(name, fields.get(name), "one of " + String.join(", ", meanings.keySet()));
        }
        return meaning;
    }

    /** Strings, as a list; none if the field is absent. */
    List<String> texts(String name) {
        if (!has(name)) {
            return List.of();
        }
        if (!fields.get(name).isArray()) {
            throw error(name, fields.get(name), "a list of strings");
        }
        return StreamSupport.stream(fields.get(name).spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }

    /** Token ids, written as one number or as a list; none if the field is absent. */
    public List<Integer> ids(String name) {
        if (!has(name)) {
            return List.of();
        }
        List<Integer> ids = new ArrayList<>();
        for (JsonNode id : fields.get(name).isArray() ? fields.get(name) : List.of(fields.get(name))) {
            ids.add(whole(name, id));
        }
        return List.copyOf(ids);
    }

    /** For a field whose value has a meaning that this engine lacks. */
    void refuse(String name, boolean found, String reason) {
        if (found) {
            throw new TouchstoneException(file + ": " + name + " is " + fields.get(name) + ": " + reason);
        }
    }

    TouchstoneException error(String name, Object found, String expected) {
        return new TouchstoneException(
                file + ": " + name + " is " + Problems.printable(String.valueOf(found)) + ", expected " + expected);
    }

    private int whole(String name, JsonNode value) {
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw error(name, value, "a whole number of at most " + Integer.MAX_VALUE);
        }
        return value.intValue();
    }
}
