package dev.touchstone.cli;

import dev.touchstone.LoadOptions;
import dev.touchstone.checkpoint.chat.ChatInput;
import dev.touchstone.checkpoint.chat.Message;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options for a conversation with a model: how it begins, and the chat template. */
final class ChatOptions {
    @Option(names = "--system", paramLabel = "TEXT", description = "Begin the conversation with this system message.")
    private String system;

    @Mixin
    private final TemplateOptions template = new TemplateOptions();

    /**
     * Rejects wrong usage.
     *
     * @param used whether there is a conversation
     * @param by the option that makes it so
     */
    void check(Usage usage, boolean used, String by) {
        usage.needs(used, by, "--system");
        template.check(usage, used, by);
    }

    /** The options that are given, joined by "and"; empty if none is. */
    String given(Usage usage) {
        return Stream.of(Usage.given(usage.command(), "--system"), TemplateOptions.given(usage))
                .filter(options -> !options.isEmpty())
                .collect(Collectors.joining(" and "));
    }

    /** The same options with the template, if one is given. */
    LoadOptions apply(LoadOptions options) {
        return template.apply(options);
    }

    /** The conversation before the first message of the user. */
    ChatInput input() {
        return template.input().withMessages(system == null ? List.of() : List.of(new Message("system", system)));
    }
}
