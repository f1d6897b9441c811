package dev.touchstone.checkpoint.tokenizer;

import dev.touchstone.util.JsonObject;
import dev.touchstone.util.TouchstoneException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * One object of {@code tokenizer.json}, such as the decoder. Reads its settings by type; one that is missing or malformed
 * is an error. Unknown settings are ignored, as in Hugging Face's library.
 */
final class Component extends JsonObject {
    private Component(JsonObject object) {
        super(object.path(), object.json());
    }

    /** A whole file. */
    static Component of(JsonObject file) {
        return new Component(file);
    }

    /** The components of a list that must be set. */
    List<Component> components(String name) {
        if (!json().path(name).isArray()) {
            throw error(name, "a list");
        }
        return objects(name).stream().map(Component::new).toList();
    }

    /** A component that may be null or absent. */
    Optional<Component> optional(String name) {
        return has(name) ? Optional.of(component(name)) : Optional.empty();
    }

    /** A component that must be set. */
    Component component(String name) {
        return new Component(object(name));
    }

    /** A single character that must be set. */
    int character(String name) {
        String text = string(name);
        if (text.codePointCount(0, text.length()) != 1) {
            throw error(name, "one character");
        }
        return text.codePointAt(0);
    }

    /** True or false, which must be set. */
    boolean flag(String name) {
        if (!has(name)) {
            throw error(name, "true or false");
        }
        return flag(name, false);
    }

    /** A number of things, 0 or more, that must be set. */
    int count(String name) {
        int count = integer(name);
        if (count < 0) {
            throw error(name, "0 or more");
        }
        return count;
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

    /** For a type that is not one of those that are supported. */
    TouchstoneException unsupported(String... supported) {
        return new TouchstoneException(path() + ": type is \"" + type() + "\", which is not supported; supported are "
                + String.join(", ", supported));
    }
}
