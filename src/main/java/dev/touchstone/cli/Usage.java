package dev.touchstone.cli;

import dev.touchstone.util.TouchstoneException;
import java.util.Arrays;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Refuses command lines that make no sense: one line, exit code 2. */
record Usage(CommandSpec command) {
    void refuse(boolean wrong, String message) {
        if (wrong) {
            throw new ParameterException(command.commandLine(), message);
        }
    }

    /** What the engine says of values that were given. */
    void check(Runnable use) {
        try {
            use.run();
        } catch (TouchstoneException e) {
            throw new ParameterException(command.commandLine(), Advice.onCommandLine(e, command), e);
        }
    }

    /** For options that mean nothing without another. */
    void needs(boolean there, String what, String... options) {
        String given = given(command, options);
        refuse(!there && !given.isEmpty(), given + " needs " + what);
    }

    /** Those of {@code options} that stand on the command line, as a person would list them; empty if none does. */
    static String given(CommandSpec command, String... options) {
        return Arrays.stream(options)
                .filter(command.commandLine().getParseResult()::hasMatchedOption)
                .collect(Collectors.joining(" and "));
    }
}
