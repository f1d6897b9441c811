package dev.touchstone.cli;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** The settings of a chat, which are the options of generate under their names, and can be changed while it runs. */
final class ChatSettings {
    /** Parses options as the command line does, so that both mean the same and refuse the same. */
    @Command(name = "/set")
    private static final class Line {
        @Mixin
        private final GenerationOptions generation = new GenerationOptions();
    }

    private final int stride;
    private final Map<String, String> values = new TreeMap<>();

    /**
     * A talk outgrows its context, so the window slides unless told otherwise.
     *
     * @param stride how many tokens are dropped at once unless told otherwise
     * @param commandLine whose options are the first settings
     */
    ChatSettings(int stride, ParseResult commandLine) {
        this.stride = stride;
        values.put("window", "slide");
        CommandLine known = new CommandLine(new Line());
        for (OptionSpec option : commandLine.matchedOptions()) {
            if (known.getCommandSpec().findOption(option.longestName()) != null) {
                values.put(option.longestName().substring(2), String.join(",", option.originalStringValues()));
            }
        }
    }

    /** As they are now; where no seed is set, with a new one each time. */
    GenerationOptions options() {
        return parse(values);
    }

    /** Returns what is wrong with that, else null. A value of null takes the setting back. */
    String change(String name, String value) {
        Map<String, String> changed = new TreeMap<>(values);
        if (value == null) {
            changed.remove(name);
        } else {
            changed.put(name, value);
        }
        try {
            parse(changed);
        } catch (UnmatchedArgumentException e) {
            return "there is no setting " + name + "; see /help";
        } catch (ParameterException e) {
            return e.getMessage();
        }
        values.clear();
        values.putAll(changed);
        return null;
    }

    @Override
    public String toString() {
        return values.entrySet().stream()
                .map(value -> value.getKey() + " " + value.getValue())
                .collect(Collectors.joining(", "));
    }

    private GenerationOptions parse(Map<String, String> values) {
        Line line = new Line();
        CommandLine parser = new CommandLine(line).setCaseInsensitiveEnumValuesAllowed(true);
        Map<String, String> given = new TreeMap<>(values);
        if ("slide".equalsIgnoreCase(given.get("window"))) {
            given.putIfAbsent("window-stride", "" + stride);
        }
        List<String> args = given.entrySet().stream()
                .map(value -> "--" + value.getKey() + (value.getValue().isEmpty() ? "" : "=" + value.getValue()))
                .toList();
        parser.parseArgs(args.toArray(String[]::new));
        line.generation.check();
        return line.generation;
    }
}
