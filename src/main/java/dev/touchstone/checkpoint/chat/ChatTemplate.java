package dev.touchstone.checkpoint.chat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.checkpoint.files.ModelFiles;
import dev.touchstone.util.Json;
import dev.touchstone.util.TouchstoneException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a model wants a conversation written: the Jinja template in {@code chat_template.jinja}, or in
 * {@code tokenizer_config.json}. What it makes equals transformers' {@code apply_chat_template}.
 *
 * @param place the file it is from, for messages
 * @param source in Jinja
 * @param specialTokens what the template calls {@code bos_token} and {@code eos_token}
 */
public record ChatTemplate(String place, String source, Map<String, String> specialTokens) {
    private static final String FILE = "chat_template.jinja";
    private static final String CONFIG = "tokenizer_config.json";

    /** One turn: {@code system}, {@code user} or {@code assistant}, and what is said. */
    public record Message(String role, String content) {}

    /** Null if the model has none. */
    public static ChatTemplate read(ModelFiles files) {
        JsonNode config =
                files.has(CONFIG) ? Json.object(CONFIG, files.text(CONFIG)).json() : null;
        Map<String, String> tokens = new HashMap<>();
        for (String name : List.of("bos_token", "eos_token", "unk_token", "pad_token")) {
            JsonNode token = config == null ? null : config.path(name);
            JsonNode text = token != null && token.isObject() ? token.path("content") : token;
            if (text != null && text.isTextual()) {
                tokens.put(name, text.textValue());
            }
        }
        if (files.has(FILE)) {
            return new ChatTemplate(FILE, files.text(FILE), tokens);
        }
        JsonNode template = config == null ? null : config.get("chat_template");
        if (template != null && template.isArray()) {
            template = named(template);
        }
        return template == null || !template.isTextual()
                ? null
                : new ChatTemplate(CONFIG, template.textValue(), tokens);
    }

    /** Of several templates the one that is named "default". */
    private static JsonNode named(JsonNode list) {
        for (JsonNode entry : list) {
            if (entry.path("name").asText().equals("default")) {
                return entry.get("template");
            }
        }
        return null;
    }

    /**
     * The text of a conversation, special tokens spelled out. Refuses what the template refuses.
     *
     * @param addGenerationPrompt whether the text is to end where the model's answer begins
     */
    public String render(List<Message> messages, boolean addGenerationPrompt) {
        Map<String, Object> variables = new HashMap<>(specialTokens);
        variables.put("messages", messages.stream().map(ChatTemplate::variables).toList());
        variables.put("add_generation_prompt", addGenerationPrompt);
        try {
            return Jinja.render(source, variables);
        } catch (TouchstoneException e) {
            throw new TouchstoneException(place + ": " + e.getMessage(), e);
        }
    }

    /** In this order: a template may print the whole. */
    private static Map<String, Object> variables(Message message) {
        Map<String, Object> variables = new LinkedHashMap<>();
        variables.put("role", message.role);
        variables.put("content", message.content);
        return variables;
    }
}
