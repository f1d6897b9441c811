package dev.touchstone.cli;

import dev.touchstone.util.TouchstoneException;
import java.util.Arrays;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Checks of a command line after parsing; a failed one ends the program with one line and exit code 2. */
record Usage(CommandSpec command) {
    void refuse(boolean wrong, String message) {
        if (wrong) {
            throw new ParameterException(command.commandLine(), message);
        }
    }

    /** Runs code that rejects wrong values, and reports them as wrong usage. */
    void check(Runnable use) {
        try {
            use.run();
        } catch (TouchstoneException e) {
            throw new ParameterException(command.commandLine(), Advice.onCommandLine(e, command), e);
        }
    }

    /** Rejects options that have a meaning only with another one. */
    void needs(boolean given, String what, String... options) {
        String those = given(command, options);
        refuse(!given && !those.isEmpty(), those + (those.contains(" and ") ? " need " : " needs ") + what);
    }

    /** Those of {@code options} that are on the command line, joined by "and"; empty if none is. */
    static String given(CommandSpec command, String... options) {
        return Arrays.stream(options)
                .filter(command.commandLine().getParseResult()::hasMatchedOption)
                .collect(Collectors.joining(" and "));
    }
}
