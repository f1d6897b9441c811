package dev.touchstone.cli;

import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "completion",
        description = "Print a script that lets bash or zsh complete commands, options and their values.",
        footer = {"", "Example, in ~/.bashrc or ~/.zshrc: source <(touchstone completion)"})
final class CompletionCommand implements Callable<Integer> {
    /** The values of an option, which picocli spells as Java spells constants, and the help in lower case. */
    private static final Pattern VALUES = Pattern.compile("_option_args=\\([^)]*\\)");

    @Spec
    private CommandSpec spec;

    @Mixin
    private final Console console;

    CompletionCommand(Streams streams) {
        this.console = new Console(streams);
    }

    @Override
    public Integer call() {
        CommandLine program = spec.root().commandLine();
        String script = AutoComplete.bash(program.getCommandName(), program);
        console.print(VALUES.matcher(script).replaceAll(values -> values.group().toLowerCase(Locale.ROOT)));
        return 0;
    }
}
