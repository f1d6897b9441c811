package dev.touchstone.checkpoint.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.util.TouchstoneException;

/**
 * The metadata of an architecture, {@code llama.block_count} and so on.
 *
 * @param file the name of the file, for messages
 * @param prefix the name of the architecture
 * @param all the metadata of the file
 */
record ArchitectureMetadata(String file, String prefix, ObjectNode all) {
    String key(String name) {
        return prefix + "." + name;
    }

    boolean has(String name) {
        return all.has(key(name));
    }

    /** A value that must be there. */
    JsonNode required(String name) {
        JsonNode value = all.get(key(name));
        if (value == null) {
            throw new TouchstoneException(
                    file + ": the metadata lacks " + key(name) + "; convert the model again with a current llama.cpp");
        }
        return value;
    }

    /** A whole number above 0 that must be there. */
    int integer(String name) {
        JsonNode value = required(name);
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 1) {
            throw new TouchstoneException(
                    file + ": " + key(name) + " is " + shortened(value) + ", expected a whole number above 0");
        }
        return value.intValue();
    }

    /** A text, or a default if it is missing. */
    String text(String name, String fallback) {
        return all.path(key(name)).asText(fallback);
    }

    /** A truth value, or a default if it is missing. */
    boolean flag(String name, boolean fallback) {
        JsonNode value = all.get(key(name));
        if (value != null && !value.isBoolean()) {
            throw new TouchstoneException(
                    file + ": " + key(name) + " is " + shortened(value) + ", expected true or false");
        }
        return value == null ? fallback : value.booleanValue();
    }

    /** Throws if a value is there and is another whole number. {@code what} is the meaning of the expected one. */
    void requireEqual(String name, int expected, String what) {
        if (has(name) && integer(name) != expected) {
            throw new TouchstoneException(file + ": " + key(name) + " is " + integer(name) + ", expected " + expected
                    + ", " + what + "; other sizes are not supported");
        }
    }

    /** Throws if a value is there and is not the expected one. */
    void refuseOther(String name, String expected) {
        JsonNode value = all.get(key(name));
        if (value != null) {
            refuse(!value.asText().equals(expected), name, shortened(value), expected);
        }
    }

    void refuse(boolean wrong, String name, String found, String expected) {
        if (wrong) {
            throw new TouchstoneException(
                    file + ": " + key(name) + " is " + found + ", which is not supported; expected " + expected);
        }
    }

    private static String shortened(JsonNode value) {
        String text = value.toString();
        return text.length() <= 80 ? text : text.substring(0, 80) + "...";
    }
}
