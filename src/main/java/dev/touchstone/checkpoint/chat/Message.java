package dev.touchstone.checkpoint.chat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.util.Json;
import dev.touchstone.util.TouchstoneException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One message of a conversation: its fields, as Hugging Face's {@code apply_chat_template} takes them. {@code role} and
 * {@code content} are the usual ones; others are {@code name}, {@code tool_calls}, {@code tool_call_id},
 * {@code reasoning_content}, or what else a template reads.
 *
 * @param fields strings, numbers, booleans, nulls, and lists and maps of them; in order, as a template may print all of them
 */
public record Message(Map<String, Object> fields) {
    public Message {
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /**
     * A message with text.
     *
     * @param role {@code system}, {@code user}, {@code assistant} or {@code tool}
     */
    public Message(String role, String content) {
        this(ordered(role, content));
    }

    private static Map<String, Object> ordered(String role, String content) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("role", Objects.requireNonNull(role));
        fields.put("content", content);
        return fields;
    }

    /** This message with one more field, or another value for it. */
    public Message with(String field, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(fields);
        more.put(field, value);
        return new Message(more);
    }

    /**
     * The messages of a JSON list of objects.
     *
     * @param what where the list is from, for messages
     */
    public static List<Message> list(String what, JsonNode json) {
        if (!json.isArray()) {
            throw new TouchstoneException(
                    what + " holds no conversation, expected [{\"role\": ..., \"content\": ...}, ...]");
        }
        List<Message> messages = new ArrayList<>();
        for (JsonNode message : json) {
            if (!message.isObject()) {
                throw new TouchstoneException(what + ": message " + messages.size()
                        + " is no object, expected {\"role\": ..., \"content\": ...}");
            }
            Map<String, Object> fields = new LinkedHashMap<>();
            message.properties().forEach(field -> fields.put(field.getKey(), Json.plain(field.getValue())));
            messages.add(new Message(fields));
        }
        return messages;
    }

    /** The fields that are not null: Hugging Face drops the others before a template sees them. */
    Map<String, Object> given() {
        Map<String, Object> given = new LinkedHashMap<>(fields);
        given.values().removeIf(Objects::isNull);
        return given;
    }
}
