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
                "Talk with a model that is made for it; with another one write a text together: it continues after"
                        + " each line of yours.",
        sortOptions = false,
        footer = {"", "Example: touchstone chat --temperature 0.8"})
final class ChatCommand implements Callable<Integer> {
    private static final List<String> COMMANDS = List.of("/set", "/unset", "/settings", "/reset", "/help", "/quit");

    static final String HELP = """
            A line is said to the model, or added to the text where it knows no turns, and it goes on from there. Ctrl-C stops
            an answer.
              /set NAME VALUE   change a setting, such as /set temperature 0.8 or /set max-new-tokens 40
              /unset NAME       take a setting back
              /settings         show them
              /reset            begin anew
              /help             show this
              /quit             leave, as does Ctrl-D
            The names of settings are those of the options of generate.
            """;

    @Spec
    private CommandSpec command;

    @Mixin
    private final ModelOptions model = new ModelOptions();

    @Mixin
    private final GenerationOptions generation = new GenerationOptions(GenerationDefaults.CHAT);

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
        console.note(loaded.name() + " listens; /help tells what can be said, /quit leaves");
        try (ChatInput input = ChatInput.of(console.streams())) {
            input.onInterrupt(chat::stop);
            for (String line = input.read(); line != null && !line.strip().equals("/quit"); line = input.read()) {
                respond(chat, settings, line);
            }
        }
    }

    private void respond(Chat chat, ChatSettings settings, String line) {
        String[] words = line.strip().split("\\s+", 3);
        switch (words[0]) {
            case "" -> {}
            case "/help" -> console.print(HELP);
            case "/settings" -> console.print(settings.toString());
            case "/reset" -> chat.reset();
            case "/set" -> {
                if (words.length < 2) {
                    complain("say what to set, such as /set temperature 0.8");
                } else {
                    complain(settings.change(words[1], words.length < 3 ? "" : words[2]));
                }
            }
            case "/unset" -> complain(words.length < 2 ? "say what to take back" : settings.change(words[1], null));
            default -> {
                if (words[0].startsWith("/")) {
                    complain("there is no command " + words[0] + Suggestions.question(words[0], COMMANDS)
                            + "; see /help");
                } else {
                    answer(chat, line);
                }
            }
        }
    }

    /** What cannot be used is told, and the chat goes on. */
    private void answer(Chat chat, String line) {
        try {
            chat.answer(line);
        } catch (TouchstoneException e) {
            complain(Advice.inChat(e, command));
        }
    }

    private void complain(String problem) {
        if (problem != null) {
            Console.tell(console.streams(), problem);
        }
    }
}
