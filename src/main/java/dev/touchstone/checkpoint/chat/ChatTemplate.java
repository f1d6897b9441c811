package dev.touchstone.checkpoint.chat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.checkpoint.chat.jinja.Template;
import dev.touchstone.checkpoint.chat.jinja.TemplateException;
import dev.touchstone.checkpoint.files.ModelFiles;
import dev.touchstone.util.Remedy;
import dev.touchstone.util.TouchstoneException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How a model wants a conversation written: a template in the language of Jinja, or several with names. The text that it makes
 * equals that of Hugging Face's {@code apply_chat_template}.
 */
public final class ChatTemplate {
    private static final String FILE = "chat_template.jinja";
    private static final String FOLDER = "additional_chat_templates";
    private static final String CONFIG = "tokenizer_config.json";
    private static final String DEFAULT = "default";

    private final Map<String, Source> sources;
    private final Map<String, String> specialTokens;
    private final Map<Source, Template> parsed = new ConcurrentHashMap<>();

    /** @param place the file that the text is from, for messages */
    private record Source(String place, String text) {}

    private ChatTemplate(Map<String, Source> sources, Map<String, String> specialTokens) {
        this.sources = sources;
        this.specialTokens = specialTokens;
    }

    /**
     * One template.
     *
     * @param place where it is from, for messages
     * @param specialTokens what it calls {@code bos_token}, {@code eos_token} and so on
     */
    public static ChatTemplate of(String place, String source, Map<String, String> specialTokens) {
        return new ChatTemplate(Map.of(DEFAULT, new Source(place, source)), Map.copyOf(specialTokens));
    }

    /**
     * The templates of a model: {@code chat_template.jinja} and the folder {@code additional_chat_templates}, else those in
     * {@code tokenizer_config.json}. Null if it has none.
     *
     * @param specialTokens the special tokens by name, such as {@code bos_token}
     */
    public static ChatTemplate read(ModelFiles files, Map<String, String> specialTokens) {
        Map<String, Source> sources = new LinkedHashMap<>();
        if (files.has(FILE)) {
            sources.put(DEFAULT, new Source(FILE, files.text(FILE)));
        }
        for (String file : files.list(FOLDER)) {
            if (file.endsWith(".jinja")) {
                String place = FOLDER + "/" + file;
                sources.put(file.substring(0, file.length() - 6), new Source(place, files.text(place)));
            }
        }
        if (sources.isEmpty() && files.has(CONFIG)) {
            addAll(files.json(CONFIG, CONFIG).json().path("chat_template"), sources);
        }
        return sources.isEmpty() ? null : new ChatTemplate(sources, Map.copyOf(specialTokens));
    }

    /** A string, an object of strings by name, or a list of objects with {@code name} and {@code template}. */
    private static void addAll(JsonNode templates, Map<String, Source> sources) {
        if (templates.isTextual()) {
            sources.put(DEFAULT, new Source(CONFIG, templates.textValue()));
        } else if (templates.isObject()) {
            templates.properties().forEach(entry -> add(entry.getKey(), entry.getValue(), sources));
        } else if (templates.isArray()) {
            templates.forEach(entry -> add(entry.path("name").asText(), entry.path("template"), sources));
        } else if (!templates.isMissingNode() && !templates.isNull()) {
            throw malformed();
        }
    }

    private static void add(String name, JsonNode template, Map<String, Source> sources) {
        if (!template.isTextual()) {
            throw malformed();
        }
        sources.put(name, new Source(CONFIG + ", " + name, template.textValue()));
    }

    private static TouchstoneException malformed() {
        return new TouchstoneException(
                CONFIG + ": chat_template is neither a template nor templates with names; download or save it again");
    }

    /**
     * The text of a conversation, special tokens spelled out.
     *
     * @param addGenerationPrompt whether the text ends where the model's answer begins
     * @throws TouchstoneException if the template fails, or refuses the conversation
     */
    public String render(List<Message> messages, boolean addGenerationPrompt) {
        ChatInput input = ChatInput.of(messages);
        return render(addGenerationPrompt ? input : input.withoutGenerationPrompt());
    }

    /** The text of a conversation with tools, documents or variables. Throws as the other one. */
    public String render(ChatInput input) {
        return render(input, Clock.systemDefaultZone());
    }

    /** The same at another time, which some templates write. */
    public String render(ChatInput input, Clock clock) {
        if (input.messages().isEmpty()) {
            throw new TouchstoneException("the conversation is empty: give at least one message");
        }
        Source source = required(input);
        List<Map<String, Object>> messages = new ArrayList<>();
        input.messages().forEach(message -> messages.add(withReasoning(message.given())));
        Continuation continuation = input.continuedField() == null
                ? null
                : Continuation.mark(messages, input.continuedField(), source.text);
        String text = run(source, variables(input, messages), clock);
        return continuation == null ? text : continuation.cut(text);
    }

    /**
     * Throws what {@link #render} throws for every conversation: that no template has the name in the input, or that the template
     * cannot be parsed.
     */
    public void check(ChatInput input) {
        Source source = required(input);
        try {
            parsed(source);
        } catch (TemplateException e) {
            throw failure(source, e);
        }
    }

    /** The source of the template that renders a conversation; empty if there is none for it. */
    public Optional<String> source(ChatInput input) {
        return Optional.ofNullable(sources.get(name(input))).map(Source::text);
    }

    /** The named template, else the one for tools if there are any, else the default one. */
    private String name(ChatInput input) {
        return input.template() != null
                ? input.template()
                : input.tools() != null && sources.containsKey("tool_use") ? "tool_use" : DEFAULT;
    }

    private Source required(ChatInput input) {
        String name = name(input);
        Source source = sources.get(name);
        if (source == null) {
            throw new TouchstoneException(
                    (input.template() == null
                                    ? "the model has several chat templates and none is the default"
                                    : "the model has no chat template \"" + name + "\"")
                            + "; choose one of " + String.join(", ", sources.keySet()),
                    new Remedy("templateName", "NAME"));
        }
        return source;
    }

    /** A message that has its reasoning under one name gets it under the others that templates read. */
    private static Map<String, Object> withReasoning(Map<String, Object> message) {
        Object reasoning = Continuation.REASONING.stream()
                .map(message::get)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
        if (reasoning == null) {
            return message;
        }
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("thinking", reasoning);
        all.putAll(message);
        all.put("reasoning_content", reasoning);
        return all;
    }

    private Map<String, Object> variables(ChatInput input, List<Map<String, Object>> messages) {
        Map<String, Object> variables = new LinkedHashMap<>(specialTokens);
        variables.putAll(input.variables());
        variables.put("messages", messages);
        variables.put("tools", input.tools());
        variables.put("documents", input.documents());
        variables.put("add_generation_prompt", input.addGenerationPrompt());
        return variables;
    }

    private String run(Source source, Map<String, Object> variables, Clock clock) {
        try {
            return parsed(source).render(variables, clock);
        } catch (TemplateException e) {
            throw failure(source, e);
        }
    }

    private Template parsed(Source source) {
        return parsed.computeIfAbsent(source, text -> Template.parse(text.text));
    }

    private static TouchstoneException failure(Source source, TemplateException e) {
        String where = e.line() == 0 ? "" : " in line " + e.line();
        return new TouchstoneException(
                source.place
                        + (e.isRefusal()
                                ? ": the chat template refuses this conversation: "
                                : ": the chat template fails" + where + ": ")
                        + e.getMessage(),
                e);
    }
}
