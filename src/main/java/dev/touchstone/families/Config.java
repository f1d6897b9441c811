package dev.touchstone.families;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.util.JsonObject;
import dev.touchstone.util.TouchstoneException;
import java.util.Map;

/**
 * {@code config.json}, with the value ranges and defaults of Hugging Face's configuration classes. A field that is null has
 * its default, as one that is absent, except where a method says otherwise.
 */
public final class Config extends JsonObject {
    private final Map<String, String> standardNames;

    public Config(JsonObject object) {
        this(object, Map.of());
    }

    private Config(JsonObject object, Map<String, String> standardNames) {
        super(object.path(), object.json());
        this.standardNames = standardNames;
    }

    /**
     * The same for a family with its own names for some sizes, as in {@code attribute_map} of its configuration class. The file may
     * have either name.
     *
     * @param standardNames the family's name and the standard name, such as {@code n_embd} and {@code hidden_size}
     */
    Config withNames(Map<String, String> standardNames) {
        return new Config(this, standardNames);
    }

    /** The same with a default for a field that the file does not have. */
    Config withDefault(String name, int value) {
        if (!isAbsent(name)) {
            return this;
        }
        ObjectNode copy = json().deepCopy();
        return new Config(new JsonObject(path(), copy.put(name, value)), standardNames);
    }

    /** The name under which the file has a field, given its standard name. Throws if it has both names and the values differ. */
    String field(String name) {
        String found = name;
        for (Map.Entry<String, String> own : standardNames.entrySet()) {
            if (own.getValue().equals(name) && has(own.getKey())) {
                if (has(found) && !json().get(found).equals(json().get(own.getKey()))) {
                    throw error(own.getKey(), "the value of " + found + ", " + json().get(found));
                }
                found = own.getKey();
            }
        }
        return found;
    }

    /** A size of 1 or more. */
    int size(String name, int fallback) {
        String field = field(name);
        return atLeast(1, field, integer(field, fallback));
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

    /** True or false. Null means false; only where the field is absent is it the default. */
    boolean flagOrOff(String name, boolean fallback) {
        return flag(name, isAbsent(name) && fallback);
    }

    /** A number of 0 or more, which must be set. */
    double required(String name) {
        if (!has(name)) {
            throw error(name, "a number of 0 or more");
        }
        return nonNegative(name, 0);
    }

    /** By how much a context is extended, the {@code factor} of rotary scaling: 1 or more. It must be set. */
    double factor() {
        double factor = nonNegative("factor", 0);
        if (factor < 1) {
            throw error("factor", "a number of 1 or more");
        }
        return factor;
    }

    /** The settings in an object; none of them is set if the object is not. */
    Config part(String name) {
        return new Config(
                has(name) ? object(name) : new JsonObject(path() + ": " + name, JsonNodeFactory.instance.objectNode()));
    }

    /** Throws if a field has a value that Hugging Face supports and this library does not. */
    void refuse(String name, boolean found, String reason) {
        if (found) {
            throw new TouchstoneException(path() + ": " + name + " is " + json().get(name) + ": " + reason);
        }
    }
}
