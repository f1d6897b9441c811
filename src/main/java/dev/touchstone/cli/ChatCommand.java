package dev.touchstone.cli;

import dev.touchstone.LanguageModel;
import dev.touchstone.checkpoint.chat.ChatInput;
import dev.touchstone.util.Suggestions;
import dev.touchstone.util.TouchstoneException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

@Command(
        name = "chat",
        description =
                "Chat with a model. A model without a chat template continues the text after each line instead. In the"
                        + " chat, /help lists the commands.",
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  touchstone chat --temperature 0.8",
            "  touchstone chat --template chatml.jinja --system \"You answer in one sentence.\""
        })
final class ChatCommand implements Callable<Integer> {
    private static final List<String> COMMANDS =
            List.of("/set", "/unset", "/settings", "/system", "/save", "/load", "/reset", "/help", "/quit");

    static final String HELP = """
            Type a message; the model answers. Ctrl-C stops the answer.

              /set NAME VALUE   change a setting, for example: /set temperature 0.8
              /unset NAME       change a setting back to its default
              /settings         list the settings
              /system TEXT      set the system message; without TEXT, remove it
              /save FILE        write the messages to a file, as JSON
              /load FILE        continue the conversation in a file
              /reset            remove all messages but the system message
              /help             print this help
              /quit             end the chat; Ctrl-D does the same

            The settings are the generation options of "touchstone chat --help", without
            dashes, such as max-new-tokens, temperature, top-p or seed.
            """;

    @Spec
    private CommandSpec command;

    @Mixin
    private final ModelOptions model = new ModelOptions();

    @Mixin
    private final ChatOptions opening = new ChatOptions();

    @Mixin
    private final GenerationOptions generation = new GenerationOptions(OptionDefaults.CHAT);

    @Mixin
    private final ComputeOptions compute = new ComputeOptions();

    @Mixin
    private final Console console;

    ChatCommand(Streams streams) {
        this.console = new Console(streams);
    }

    @Override
    public Integer call() {
        Usage usage = new Usage(command);
        opening.check(usage, true, "");
        generation.check();
        compute.check();
        ChatInput input = opening.input();
        try (LanguageModel loaded = model.load(compute.kernels(), opening, console)) {
            if (!opening.given(usage).isEmpty()) {
                loaded.checkpoint().text().requireChatTemplate();
            }
            loaded.checkpoint().chatTemplate().ifPresent(template -> template.check(input));
            converse(loaded, Conversation.with(loaded, input));
        }
        return 0;
    }

    private void converse(LanguageModel loaded, Conversation conversation) {
        ChatSettings settings = new ChatSettings(loaded, command.commandLine().getParseResult());
        Chat chat = new Chat(loaded, compute, settings, conversation, console);
        console.note("Chatting with " + loaded.name() + ". /help lists commands, /quit exits.");
        try (ChatLines input = ChatLines.of(console.streams())) {
            input.onInterrupt(chat::stop);
            for (String line = input.read(); line != null && !line.strip().equals("/quit"); line = input.read()) {
                if (!command(conversation, settings, line.strip())) {
                    answer(chat, line, input.columns());
                }
            }
        }
    }

    private void answer(Chat chat, String line, int columns) {
        attempt(() -> chat.answer(line, columns));
    }

    /** Runs the command in a line. Returns whether it is one; an empty line is one that does nothing. */
    private boolean command(Conversation conversation, ChatSettings settings, String line) {
        String name = line.split("\\s", 2)[0];
        String rest = line.substring(name.length()).strip();
        switch (name) {
            case "" -> {}
            case "/help" -> console.print(HELP);
            case "/settings" -> console.print(settings.toString());
            case "/set" -> change(settings, rest.split("\\s+", 2), "/set temperature 0.8");
            case "/unset" -> change(settings, new String[] {rest.split("\\s", 2)[0], null}, "/unset temperature");
            case "/system" -> attempt(() -> conversation.system(rest));
            case "/save" -> attempt(() -> note(conversation.save(file(name, rest)), "saved to " + rest));
            case "/load" -> attempt(() -> note(conversation.load(file(name, rest)), "loaded from " + rest));
            case "/reset" -> conversation.reset();
            default -> {
                if (!name.startsWith("/")) {
                    return false;
                }
                complain("there is no command " + name + Suggestions.question(name, COMMANDS) + "; see /help");
            }
        }
        return true;
    }

    /**
     * Changes a setting.
     *
     * @param words its name and its value; a value of null sets it back to its default
     */
    private void change(ChatSettings settings, String[] words, String example) {
        complain(
                words[0].isEmpty()
                        ? "the name of a setting is missing, as in " + example
                        : settings.change(words[0], words.length < 2 ? "" : words[1]));
    }

    private static Path file(String command, String name) {
        if (name.isEmpty()) {
            throw new TouchstoneException("the name of a file is missing, as in " + command + " chat.json");
        }
        try {
            return Values.file(name);
        } catch (TypeConversionException e) {
            throw new TouchstoneException(e.getMessage(), e);
        }
    }

    private void note(int messages, String what) {
        console.note(messages + (messages == 1 ? " message " : " messages ") + what);
    }

    /** Does something, or prints why it cannot be done; the chat continues in both cases. */
    private void attempt(Runnable action) {
        try {
            action.run();
        } catch (TouchstoneException e) {
            complain(Advice.inChat(e));
        }
    }

    private void complain(String problem) {
        if (problem != null) {
            Console.printError(console.streams(), problem);
        }
    }
}
