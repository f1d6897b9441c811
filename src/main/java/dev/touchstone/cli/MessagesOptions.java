package dev.touchstone.cli;

import dev.touchstone.checkpoint.ModelText;
import dev.touchstone.checkpoint.chat.ChatInput;
import dev.touchstone.checkpoint.chat.Message;
import dev.touchstone.util.Json;
import dev.touchstone.util.Utf8;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options for a file of messages, which the chat template turns into a prompt. */
final class MessagesOptions {
    @Option(
            names = "--messages",
            paramLabel = "FILE",
            description = "Render the messages in FILE by the model's chat template: a JSON list, as"
                    + " apply_chat_template takes it and the chat's /save writes it. If FILE is -, standard input is"
                    + " read.")
    private Path file;

    @Option(
            names = "--rendered",
            description = "With --messages: print the text of the prompt, and a line end, instead of its tokens.")
    private boolean rendered;

    @Option(
            names = "--no-generation-prompt",
            description = "With --messages: end the prompt after the last message, not where the answer begins.")
    private boolean noGenerationPrompt;

    @Option(
            names = "--continue-final-message",
            description = "With --messages: end the prompt within the last message, for the model to continue it.")
    private boolean continues;

    @Mixin
    private final TemplateOptions template = new TemplateOptions();

    boolean isGiven() {
        return file != null;
    }

    /** Whether to print the text instead of the tokens. */
    boolean isRendered() {
        return rendered;
    }

    void check(Usage usage) {
        usage.needs(isGiven(), "--messages", "--rendered", "--no-generation-prompt", "--continue-final-message");
        template.check(usage, isGiven(), "--messages");
    }

    /** Reads the messages, and what else the template is given. */
    ChatInput read(Console console) {
        String text = file.toString().equals("-") ? console.readAll() : Utf8.read(file);
        String what = file.toString().equals("-") ? "standard input" : file.toString();
        List<Message> messages = Message.list(what, Json.value(what, text));
        ChatInput input = template.input().withMessages(messages);
        return continues ? input.continuing("content") : noGenerationPrompt ? input.withoutGenerationPrompt() : input;
    }

    /** The same with the template, if one is given. */
    ModelText apply(ModelText text) {
        return template.apply(text);
    }
}
