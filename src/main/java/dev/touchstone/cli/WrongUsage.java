package dev.touchstone.cli;

import dev.touchstone.util.Suggestions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** What is wrong with a command line that cannot be parsed, and what was probably meant. */
final class WrongUsage {
    private static final Pattern VALUES = Pattern.compile("one of \\[(.*?)] \\(case-insensitive\\) but was ");

    private WrongUsage() {}

    /** @param commandNames all commands, of which the parser may know only the one that was given */
    static String message(ParameterException e, Collection<String> commandNames) {
        CommandLine command = e.getCommandLine();
        List<String> unmatched =
                Optional.ofNullable(command.getUnmatchedArguments()).orElse(List.of());
        if (unmatched.isEmpty()) {
            return withPlainValues(e.getMessage());
        }
        // What follows an unknown option is its value, and an option may seem missing because it is mistyped.
        Optional<String> option =
                unmatched.stream().filter(WrongUsage::isOption).findFirst();
        return command.getParent() == null
                ? withoutCommand(option, unmatched.get(0), command, commandNames)
                : option.map(typed -> unknownOption(typed, command.getCommandSpec()))
                        .orElseGet(() -> unexpected(unmatched.get(0), command));
    }

    /**
     * What is wrong with options that a parser would accept; empty if nothing is. It would take a long option with one dash
     * for a short one with a value, and an option for the value of the one before it.
     */
    static Optional<String> beforeParsing(String[] args, CommandSpec command) {
        for (int i = 0; i < args.length && !args[i].equals("--"); i++) {
            OptionSpec option = command.findOption(args[i]);
            if (option != null && option.arity().max() > 0) {
                String value = ++i < args.length ? args[i] : "";
                if (value.startsWith("-") && command.findOption(name(value)) != null) {
                    return Optional.of(args[i - 1] + " needs a value, but is followed by the option " + value
                            + "; if that is the value, write " + option.longestName() + "=" + value);
                }
            } else if (option == null && args[i].matches("(?s)-[a-zA-Z][^=]+(=.*)?")) {
                String meant = "-" + name(args[i]);
                if (command.findOption(meant) != null) {
                    return Optional.of("unknown option '" + name(args[i]) + "'; did you mean " + meant + "?");
                }
            }
        }
        return Optional.empty();
    }

    private static String withoutCommand(
            Optional<String> option, String first, CommandLine program, Collection<String> commandNames) {
        if (option.isEmpty() || !option.get().equals(first)) {
            List<String> words = new ArrayList<>(commandNames);
            words.addAll(optionNames(program.getCommandSpec()));
            return "unknown command '" + first + "'" + Suggestions.question(first, words);
        }
        String name = name(first);
        boolean known = program.getSubcommands().values().stream()
                .anyMatch(command -> command.getCommandSpec().findOption(name) != null);
        return known
                ? "a command is missing before " + name + ", such as generate"
                : unknownOption(first, program.getCommandSpec());
    }

    private static String unknownOption(String typed, CommandSpec command) {
        return "unknown option '" + name(typed) + "'" + Suggestions.question(name(typed), optionNames(command));
    }

    private static String unexpected(String argument, CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        boolean hasPrompt = spec.findOption("--prompt") != null;
        boolean hasText = !spec.positionalParameters().isEmpty()
                || !Usage.given(spec, "--prompt").isEmpty();
        String remedy = hasPrompt && hasText
                ? "; put quotes around a text that contains spaces"
                : hasPrompt
                        ? "; give a prompt with --prompt"
                        : spec.findOption("--model") != null ? "; give a model with --model" : "";
        return "unexpected argument '" + argument + "'" + remedy;
    }

    private static boolean isOption(String argument) {
        return argument.matches("(?s)-{1,2}[a-zA-Z].*");
    }

    /** Without the value, and without what the parser adds of its own. */
    private static String name(String option) {
        return option.replaceFirst("(?s)[=\\s].*", "");
    }

    /** The long names, each once. */
    private static List<String> optionNames(CommandSpec command) {
        return command.options().stream()
                .flatMap(option -> Stream.of(option.names()))
                .filter(name -> name.startsWith("--") && name.indexOf('_') < 0)
                .toList();
    }

    /** Rewords messages of the parser, which lists values in capitals, as constants of Java. */
    static String withPlainValues(String message) {
        Matcher values = VALUES.matcher(message);
        return values.replaceAll(list -> list.group(1).toLowerCase(Locale.ROOT).replace(", ", " or ") + ", got ");
    }
}
