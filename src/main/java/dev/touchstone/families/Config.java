package dev.touchstone.families;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.touchstone.util.JsonObject;
import dev.touchstone.util.TouchstoneException;
import java.util.stream.Stream;

/**
 * {@code config.json}, with the value ranges and defaults of Hugging Face's configuration classes. A field that is null has
 * its default, as one that is absent, except where a method says otherwise.
 */
public final class Config extends JsonObject {
    /** @param path the file, and the place of the object in it, as messages show it */
    public Config(String path, JsonNode json) {
        super(path, json);
    }

    public Config(JsonObject object) {
        this(object.path(), object.json());
    }

    /** A size of 1 or more. The first of {@code name} and {@code otherNames} that is set counts. */
    int size(String name, int fallback, String... otherNames) {
        String set = Stream.concat(Stream.of(name), Stream.of(otherNames))
                .filter(this::has)
                .findFirst()
                .orElse(name);
        return atLeast(1, set, integer(set, fallback));
    }

    /** A count of 0 or more. */
    int count(String name, int fallback) {
        return atLeast(0, name, integer(name, fallback));
    }

    private int atLeast(int least, String name, int value) {
        if (value < least) {
            throw error(name, value, least + " or more");
        }
        return value;
    }

    /** A number of 0 or more. */
    double nonNegative(String name, double fallback) {
        if (has(name) && !(number(name, 0) >= 0)) {
            throw error(name, "a number of 0 or more");
        }
        return number(name, fallback);
    }

    /** A number above 0; 0 stands for the default, as in Python's {@code value or default}. */
    double positive(String name, double fallback) {
        double number = nonNegative(name, fallback);
        return number == 0 ? fallback : number;
    }

    /** A number of 0 or more. Null means 0, which turns the setting off; only where the field is absent is it the default. */
    double numberOrOff(String name, double fallback) {
        return isAbsent(name) ? fallback : nonNegative(name, 0);
    }

    /** By how much a context is extended, the {@code factor} of rotary scaling: 1 or more. It must be set. */
    double factor() {
        double factor = nonNegative("factor", 0);
        if (factor < 1) {
            throw error("factor", "a number of 1 or more");
        }
        return factor;
    }

    /** The number of heads, which must divide the number of channels. */
    int heads(int channels, int heads, String name) {
        if (channels % heads != 0) {
            throw error(name, heads, "a divisor of the channels, which are " + channels);
        }
        return heads;
    }

    /** The settings in an object; none of them is set if the object is not. */
    Config part(String name) {
        return has(name)
                ? new Config(object(name))
                : new Config(path() + ": " + name, JsonNodeFactory.instance.objectNode());
    }

    /** Throws if a field has a value that Hugging Face supports and this library does not. */
    void refuse(String name, boolean found, String reason) {
        if (found) {
            throw new TouchstoneException(path() + ": " + name + " is " + json().get(name) + ": " + reason);
        }
    }
}
