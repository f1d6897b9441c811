package dev.touchstone.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.LoadOptions;
import dev.touchstone.checkpoint.ModelText;
import dev.touchstone.checkpoint.chat.ChatInput;
import dev.touchstone.util.Json;
import dev.touchstone.util.TouchstoneException;
import dev.touchstone.util.Utf8;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options for the chat template: which one, and what it is given besides the messages. */
final class TemplateOptions {
    private static final String[] NAMES = {"--chat-template", "--template-name", "--tools", "--documents", "--set"};

    @Option(
            names = {"--chat-template", "--template"},
            paramLabel = "FILE",
            description = "Use the chat template in FILE instead of the model's.")
    private Path file;

    @Option(
            names = "--template-name",
            paramLabel = "NAME",
            description = "Use this one of the model's chat templates, if it has several.")
    private String name;

    @Option(
            names = "--tools",
            paramLabel = "FILE",
            description = "Describe the functions in FILE to the model: a JSON list of objects with JSON Schema, as"
                    + " apply_chat_template takes them.")
    private Path tools;

    @Option(
            names = "--documents",
            paramLabel = "FILE",
            description = "Pass the documents in FILE to the chat template: a JSON list of objects.")
    private Path documents;

    @Option(
            names = "--set",
            paramLabel = "NAME=JSON",
            converter = TemplateVariable.Converter.class,
            description =
                    "Set a variable of the chat template, such as enable_thinking=false. Can be given several times.")
    private List<TemplateVariable> variables = List.of();

    /**
     * Rejects wrong usage.
     *
     * @param used whether there are messages to render
     * @param by the option that makes them so
     */
    void check(Usage usage, boolean used, String by) {
        usage.needs(used, by, NAMES);
        usage.refuse(
                file != null && name != null,
                "--chat-template and --template-name exclude each other: a file has one template");
        usage.check(this::variables);
    }

    /** The options that are given, joined by "and"; empty if none is. */
    static String given(Usage usage) {
        return Usage.given(usage.command(), NAMES);
    }

    /** The same options with the template, if one is given. */
    LoadOptions apply(LoadOptions options) {
        return file == null ? options : options.chatTemplate(file);
    }

    /** The same with the template, if one is given. */
    ModelText apply(ModelText text) {
        return file == null ? text : text.withChatTemplate(file.toString(), Utf8.read(file));
    }

    /** What the template is given besides the messages, with no messages yet. */
    ChatInput input() {
        ChatInput input = ChatInput.of(List.of()).withTemplate(name).withVariables(variables());
        input = tools == null ? input : input.withTools(objects(tools));
        return documents == null ? input : input.withDocuments(objects(documents));
    }

    private Map<String, Object> variables() {
        Map<String, Object> values = new LinkedHashMap<>();
        for (TemplateVariable variable : variables) {
            if (values.containsKey(variable.name())) {
                throw new TouchstoneException("the variable " + variable.name() + " is set twice");
            }
            values.put(variable.name(), variable.value());
        }
        return ChatInput.of(List.of()).withVariables(values).variables();
    }

    private static List<?> objects(Path file) {
        JsonNode json = Json.value(file.toString(), Utf8.read(file));
        boolean wrong = !json.isArray();
        for (JsonNode element : json) {
            wrong |= !element.isObject();
        }
        if (wrong) {
            throw new TouchstoneException(file + " holds no JSON list of objects, expected [{...}, ...]");
        }
        return (List<?>) Json.plain(json);
    }
}
