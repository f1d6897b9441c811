package dev.touchstone.checkpoint.chat;

import dev.touchstone.util.TouchstoneException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a chat template is given: the arguments of Hugging Face's {@code apply_chat_template}, by the same names.
 *
 * @param messages the conversation
 * @param tools descriptions of the functions that the model may call, as JSON Schema; null for none
 * @param documents what the model may quote, each a map; null for none
 * @param addGenerationPrompt whether the text ends where the model's answer begins
 * @param continuedField the field of the last message that the model is to continue, usually {@code content}; null to answer instead
 * @param template the name of one of several templates, or null
 * @param variables further variables of the template, such as {@code enable_thinking}
 */
public record ChatInput(
        List<Message> messages,
        List<?> tools,
        List<?> documents,
        boolean addGenerationPrompt,
        String continuedField,
        String template,
        Map<String, Object> variables) {
    /** The arguments of {@code apply_chat_template}, which reach a template by other names or not at all. */
    private static final Set<String> ARGUMENTS = Set.of(
            "conversation",
            "messages",
            "tools",
            "documents",
            "chat_template",
            "add_generation_prompt",
            "continue_final_message",
            "tokenize",
            "padding",
            "truncation",
            "max_length",
            "return_tensors",
            "return_dict",
            "return_assistant_tokens_mask",
            "tokenizer_kwargs");

    /** Throws a {@link TouchstoneException} if a variable has the name of an argument of {@code apply_chat_template}. */
    public ChatInput {
        for (String name : variables.keySet()) {
            if (ARGUMENTS.contains(name)) {
                throw new TouchstoneException(
                        "\"" + name + "\" cannot be a variable of a chat template: it is an argument"
                                + " of Hugging Face's apply_chat_template; use the setting for it, if there is one");
            }
        }
        messages = List.copyOf(messages);
        variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
    }

    /** The messages, then the beginning of the model's answer. */
    public static ChatInput of(List<Message> messages) {
        return new ChatInput(messages, null, null, true, null, null, Map.of());
    }

    /** The same with other messages. */
    public ChatInput withMessages(List<Message> others) {
        return new ChatInput(others, tools, documents, addGenerationPrompt, continuedField, template, variables);
    }

    public ChatInput withTools(List<?> more) {
        return new ChatInput(messages, more, documents, addGenerationPrompt, continuedField, template, variables);
    }

    public ChatInput withDocuments(List<?> more) {
        return new ChatInput(messages, tools, more, addGenerationPrompt, continuedField, template, variables);
    }

    /** The messages alone. */
    public ChatInput withoutGenerationPrompt() {
        return new ChatInput(messages, tools, documents, false, continuedField, template, variables);
    }

    /** The messages, where the last one has no end, so that the model goes on with it. */
    public ChatInput continuing(String field) {
        return new ChatInput(messages, tools, documents, false, field, template, variables);
    }

    public ChatInput withTemplate(String name) {
        return new ChatInput(messages, tools, documents, addGenerationPrompt, continuedField, name, variables);
    }

    public ChatInput withVariables(Map<String, Object> more) {
        return new ChatInput(messages, tools, documents, addGenerationPrompt, continuedField, template, more);
    }
}
