package dev.touchstone.checkpoint.tokenizer;

import dev.touchstone.util.Json;
import dev.touchstone.util.JsonObject;
import dev.touchstone.util.TouchstoneException;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * One object of {@code tokenizer.json}, such as the decoder. Reads its settings by type; a setting that is missing, malformed
 * or unknown is an error of one line.
 */
final class Component extends JsonObject {
    private Component(JsonObject object) {
        super(object.path(), object.json());
    }

    /** A whole file. */
    static Component parse(String file, byte[] content) {
        return new Component(Json.object(file, content));
    }

    /** The components of a setting: one, a list, or none if it is null or absent. */
    List<Component> parts(String name) {
        return objects(name).stream().map(Component::new).toList();
    }

    /** The component of a setting that must be set. */
    Component part(String name) {
        return new Component(object(name));
    }

    char character(String name, char otherwise) {
        String text = text(name).orElse(String.valueOf(otherwise));
        if (text.length() != 1) {
            throw error(name, "one character");
        }
        return text.charAt(0);
    }

    /** Throws if there is a setting that is not one of these. */
    Component allow(String... names) {
        json().fieldNames().forEachRemaining(name -> {
            if (!Set.of(names).contains(name)) {
                throw error("has the setting \"" + name + "\", which is not supported; supported are "
                        + String.join(", ", names));
            }
        });
        return this;
    }

    /** Throws unless these settings are absent, null or an empty string. */
    void unset(String... names) {
        for (String name : names) {
            boolean empty = json().path(name).isTextual() && string(name).isEmpty();
            if (has(name) && !empty) {
                throw error(name, "null, as it is not supported");
            }
        }
    }

    /** The result of a constructor; the messages of its errors get this component's place in front. */
    <T> T make(Supplier<T> constructor) {
        try {
            return constructor.get();
        } catch (TouchstoneException e) {
            throw new TouchstoneException(path() + ": " + e.getMessage(), e);
        }
    }

    /** The type of this component. */
    String type() {
        return string("type");
    }

    TouchstoneException unsupported(String... supported) {
        return unsupported(type(), List.of(supported));
    }

    TouchstoneException unsupported(String type, List<String> supported) {
        return error("type \"" + type + "\" is not supported; supported are " + String.join(", ", supported));
    }

    TouchstoneException error(String message) {
        return new TouchstoneException(path() + " " + message);
    }
}
