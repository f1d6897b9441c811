package dev.touchstone.server.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.checkpoint.chat.ChatInput;
import dev.touchstone.checkpoint.chat.Message;
import dev.touchstone.util.Json;
import dev.touchstone.util.Problems;
import dev.touchstone.util.TouchstoneException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;

/** The messages of a chat, as a chat template takes them. */
final class Conversation {
    private static final int MOST_MESSAGES = 10_000;
    private static final int MOST_PARTS = 1000;
    private static final int MOST_CALLS = 128;

    private static final Set<String> NAMES =
            Set.of("role", "content", "name", "tool_calls", "tool_call_id", "reasoning_content");
    private static final Map<String, Set<String>> REFUSED =
            Map.of("audio", Set.of(), "function_call", Set.of(), "refusal", Set.of(), "annotations", Set.of("[]"));

    /** By the roles of the API; {@code developer} is the newer name for {@code system}. */
    private static final Map<String, String> ROLES =
            Map.of("system", "system", "developer", "system", "user", "user", "assistant", "assistant", "tool", "tool");

    private Conversation() {}

    /** @param tools the functions that the template describes to the model; null for none */
    static ChatInput read(Fields fields, List<?> tools) {
        List<JsonNode> list = fields.list("messages", MOST_MESSAGES);
        if (list == null) {
            throw ApiException.invalid("messages", "messages is missing, expected a list of messages");
        }
        List<Message> messages = new ArrayList<>();
        for (JsonNode message : list) {
            messages.add(message(Fields.of("messages[" + messages.size() + "]", message)));
        }
        ChatInput input = ChatInput.of(messages).withTools(tools);
        Fields variables = fields.object("chat_template_kwargs");
        return variables == null ? input : input.withVariables(variables(variables));
    }

    private static Map<String, Object> variables(Fields fields) {
        Map<String, Object> variables = new LinkedHashMap<>();
        fields.json().properties().forEach(field -> variables.put(field.getKey(), Json.plain(field.getValue())));
        return variables;
    }

    private static Message message(Fields fields) {
        fields.only(NAMES, REFUSED);
        fields.requiredText("role");
        String role = fields.choice("role", null, ROLES);
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("role", role);
        String content = content(fields);
        List<JsonNode> calls = fields.list("tool_calls", MOST_CALLS);
        if (content == null && (calls == null || !role.equals("assistant"))) {
            throw ApiException.invalid(
                    fields.path("content"), fields.path("content") + " is missing, expected a string");
        }
        message.put("content", content);
        for (String name : List.of("name", "tool_call_id", "reasoning_content")) {
            if (fields.has(name)) {
                message.put(name, fields.text(name));
            }
        }
        if (calls != null) {
            message.put("tool_calls", calls(fields.path("tool_calls"), calls));
        }
        return new Message(message);
    }

    /** A string, or parts of text, which are joined by line breaks; null if there is none. */
    private static String content(Fields fields) {
        JsonNode content = fields.node("content");
        if (content == null || !content.isArray()) {
            return fields.text("content");
        }
        StringJoiner text = new StringJoiner("\n");
        int index = 0;
        for (JsonNode part : fields.list("content", MOST_PARTS)) {
            Fields fieldsOfPart = Fields.of(fields.path("content[" + index++ + "]"), part);
            String type = fieldsOfPart.requiredText("type");
            if (!type.equals("text")) {
                throw ApiException.unsupported(
                        fieldsOfPart.path("type"),
                        fieldsOfPart.path("type") + " is " + Problems.printable(type)
                                + ", which is not supported; the model reads text only");
            }
            fieldsOfPart.only(Set.of("type", "text"), Known.NONE);
            text.add(fieldsOfPart.requiredText("text"));
        }
        return text.toString();
    }

    /** Calls of functions that the assistant made earlier. Templates take the arguments as an object, the API as its JSON text. */
    private static List<Object> calls(String path, List<JsonNode> calls) {
        List<Object> plain = new ArrayList<>();
        for (JsonNode call : calls) {
            Fields fields = Fields.of(path + "[" + plain.size() + "]", call);
            fields.only(Set.of("id", "type", "function", "index"), Known.NONE);
            fields.choice("type", "function", Map.of("function", "function"));
            Fields function = fields.object("function");
            if (function == null) {
                throw ApiException.invalid(fields.path("function"), fields.path("function") + " is missing");
            }
            function.only(Set.of("name", "arguments"), Known.NONE);
            Map<String, Object> called = new LinkedHashMap<>();
            called.put("name", function.requiredText("name"));
            called.put("arguments", arguments(function));
            Map<String, Object> all = new LinkedHashMap<>();
            if (fields.has("id")) {
                all.put("id", fields.text("id"));
            }
            all.put("type", "function");
            all.put("function", called);
            plain.add(all);
        }
        return plain;
    }

    private static Object arguments(Fields function) {
        String text = function.requiredText("arguments");
        try {
            return Json.plain(Json.object(function.path("arguments"), text).json());
        } catch (TouchstoneException e) {
            throw ApiException.invalid(
                    function.path("arguments"), function.path("arguments") + " is no JSON text of an object");
        }
    }
}
