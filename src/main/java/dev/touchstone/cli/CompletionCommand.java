package dev.touchstone.cli;

import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "completion",
        description = "Print a script with which bash and zsh complete commands, options and values.",
        footer = {"", "Example, for ~/.bashrc or ~/.zshrc:", "  source <(touchstone completion)"})
final class CompletionCommand implements Callable<Integer> {
    /** The values of an option, which picocli writes in capitals and the help in lower case. */
    private static final Pattern VALUES = Pattern.compile("_option_args=\\([^)]*\\)");

    private final Streams streams;

    @Mixin
    private final Console console;

    CompletionCommand(Streams streams) {
        this.streams = streams;
        this.console = new Console(streams);
    }

    @Override
    public Integer call() {
        CommandLine program = Main.commands(streams); // a run registers only its own command
        String script = AutoComplete.bash(program.getCommandName(), program);
        console.print(VALUES.matcher(script).replaceAll(values -> values.group().toLowerCase(Locale.ROOT)));
        return 0;
    }
}
