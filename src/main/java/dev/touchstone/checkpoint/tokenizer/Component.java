package dev.touchstone.checkpoint.tokenizer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.touchstone.util.TouchstoneException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * One object of {@code tokenizer.json}, such as the decoder. Reads its settings by type; a setting that is missing, malformed
 * or unknown is an error of one line.
 *
 * @param path its place, such as {@code tiny-gpt2/tokenizer.json: decoder}
 */
record Component(String path, JsonNode json) {
    private static final ObjectMapper MAPPER = new ObjectMapper(JsonFactory.builder()
                    // The keys of a vocabulary occur once, so a symbol table would only cost time and limit collisions.
                    .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** A whole file. */
    static Component parse(String file, byte[] content) {
        try {
            return of(file, MAPPER.readTree(content));
        } catch (JsonProcessingException e) {
            String found = e.getOriginalMessage().lines().findFirst().orElse("unreadable");
            String where =
                    e.getLocation() == null ? "" : " in line " + e.getLocation().getLineNr();
            throw new TouchstoneException(file + " is not valid JSON" + where + ": " + found, e);
        } catch (IOException e) {
            throw new TouchstoneException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static Component of(String path, JsonNode json) {
        Component component = new Component(path, json);
        if (!json.isObject()) {
            throw component.error("must be a JSON object, found " + shorten(json));
        }
        return component;
    }

    /** The components of a setting: one, a list, or none if it is null or absent. */
    List<Component> parts(String name) {
        JsonNode value = json.path(name);
        if (!value.isArray()) {
            return isUnset(name) ? List.of() : List.of(of(path + ": " + name, value));
        }
        List<Component> parts = new ArrayList<>();
        value.forEach(item -> parts.add(of(path + ": " + name + "[" + parts.size() + "]", item)));
        return parts;
    }

    /** The component of a setting that must be an object. */
    Component part(String name) {
        return of(path + ": " + name, json.path(name));
    }

    boolean isUnset(String name) {
        return json.path(name).isNull() || json.path(name).isMissingNode();
    }

    Optional<String> text(String name) {
        if (isUnset(name)) {
            return Optional.empty();
        }
        if (!json.path(name).isTextual()) {
            throw error(name + " must be a string, found " + shorten(json.path(name)));
        }
        return Optional.of(json.path(name).textValue());
    }

    /** A required string. */
    String string(String name) {
        return text(name).orElseThrow(() -> error("has no " + name + "; it needs a string"));
    }

    char character(String name, char otherwise) {
        String text = text(name).orElse(String.valueOf(otherwise));
        if (text.length() != 1) {
            throw error(name + " must be one character, found " + shorten(json.path(name)));
        }
        return text.charAt(0);
    }

    /** A string with one of several values. */
    <T> T choice(String name, String otherwise, Map<String, T> meanings) {
        String text = text(name).orElse(otherwise);
        if (!meanings.containsKey(text)) {
            throw error(name + " is \"" + text + "\", which is not supported; supported are "
                    + String.join(", ", meanings.keySet().stream().sorted().toList()));
        }
        return meanings.get(text);
    }

    boolean flag(String name, boolean otherwise) {
        if (!isUnset(name) && !json.path(name).isBoolean()) {
            throw error(name + " must be true or false, found " + shorten(json.path(name)));
        }
        return json.path(name).asBoolean(otherwise);
    }

    /** The integers of an object whose values are integers, in order. */
    Map<String, Integer> integers() {
        Map<String, Integer> integers = new LinkedHashMap<>();
        json.properties().forEach(entry -> integers.put(entry.getKey(), integer(entry.getKey())));
        return integers;
    }

    /** A list of integers. */
    List<Integer> integers(String name) {
        List<Integer> integers = new ArrayList<>();
        json.path(name).forEach(item -> integers.add(integer(name, item)));
        return integers;
    }

    int integer(String name) {
        return integer(name, json.path(name));
    }

    private int integer(String name, JsonNode value) {
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw error("\"" + name + "\" must be a whole number, found " + shorten(value));
        }
        return value.intValue();
    }

    /** Throws if there is a setting that is not one of these. */
    Component allow(String... names) {
        json.fieldNames().forEachRemaining(name -> {
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
            JsonNode value = json.path(name);
            boolean empty =
                    isUnset(name) || value.isTextual() && value.textValue().isEmpty();
            if (!empty) {
                throw error(name + " is " + shorten(value) + "; supported is only to leave it unset");
            }
        }
    }

    /** The result of a constructor; the messages of its errors get this component's place in front. */
    <T> T make(Supplier<T> constructor) {
        try {
            return constructor.get();
        } catch (TouchstoneException e) {
            throw new TouchstoneException(path + ": " + e.getMessage(), e);
        }
    }

    /** The type of this component. */
    String type() {
        return text("type").orElseThrow(() -> error("has no type; it needs one, such as \"ByteLevel\""));
    }

    TouchstoneException unsupported(String... supported) {
        return unsupported(type(), List.of(supported));
    }

    TouchstoneException unsupported(String type, List<String> supported) {
        return error("type \"" + type + "\" is not supported; supported are " + String.join(", ", supported));
    }

    TouchstoneException error(String message) {
        return new TouchstoneException(path + " " + message);
    }

    private static String shorten(JsonNode value) {
        String text = value.isMissingNode() ? "nothing" : value.toString();
        return text.length() <= 60 ? text : text.substring(0, 60) + "...";
    }
}
