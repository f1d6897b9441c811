package dev.touchstone.cli;

import dev.touchstone.LanguageModel;
import dev.touchstone.util.TouchstoneException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "chat",
        description =
                "Chat with a model. A model without a chat template continues the text after each line instead. In the"
                        + " chat, /help lists the commands.",
        sortOptions = false,
        footer = {"", "Example:", "  touchstone chat --temperature 0.8"})
final class ChatCommand implements Callable<Integer> {
    private static final List<String> COMMANDS = List.of("/set", "/unset", "/settings", "/reset", "/help", "/quit");

    static final String HELP = """
            Type a message; the model answers. Ctrl-C stops the answer.

              /set NAME VALUE   change a setting, for example: /set temperature 0.8
              /unset NAME       change a setting back to its default
              /settings         list the settings
              /reset            forget all messages
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
        generation.check();
        compute.check();
        try (LanguageModel loaded = model.load(compute.kernels(), console)) {
            converse(loaded);
        }
        return 0;
    }

    private void converse(LanguageModel loaded) {
        ChatSettings settings = new ChatSettings(loaded, command.commandLine().getParseResult());
        Chat chat = new Chat(loaded, compute, settings, console);
        console.note("Chatting with " + loaded.name() + ". /help lists commands, /quit exits.");
        try (ChatLines input = ChatLines.of(console.streams())) {
            input.onInterrupt(chat::stop);
            for (String line = input.read(); line != null && !line.strip().equals("/quit"); line = input.read()) {
                respond(chat, settings, line, input.columns());
            }
        }
    }

    private void respond(Chat chat, ChatSettings settings, String line, int columns) {
        String[] words = line.strip().split("\\s+", 3);
        switch (words[0]) {
            case "" -> {}
            case "/help" -> console.print(HELP);
            case "/settings" -> console.print(settings.toString());
            case "/reset" -> chat.reset();
            case "/set" -> {
                if (words.length < 2) {
                    complain("the name of a setting is missing, as in /set temperature 0.8");
                } else {
                    complain(settings.change(words[1], words.length < 3 ? "" : words[2]));
                }
            }
            case "/unset" ->
                complain(
                        words.length < 2
                                ? "the name of a setting is missing, as in /unset temperature"
                                : settings.change(words[1], null));
            default -> {
                if (words[0].startsWith("/")) {
                    complain("there is no command " + words[0] + Suggestions.question(words[0], COMMANDS)
                            + "; see /help");
                } else {
                    answer(chat, line, columns);
                }
            }
        }
    }

    /** Prints the answer, or why there is none; the chat continues in both cases. */
    private void answer(Chat chat, String line, int columns) {
        try {
            chat.answer(line, columns);
        } catch (TouchstoneException e) {
            complain(Advice.inChat(e, command));
        }
    }

    private void complain(String problem) {
        if (problem != null) {
            Console.printError(console.streams(), problem);
        }
    }
}
