package dev.touchstone.cli;

import dev.touchstone.LanguageModel;
import dev.touchstone.util.Suggestions;
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

/** The settings of a chat. They are the options of generation, under the same names, and can be changed while it runs. */
final class ChatSettings {
    /** The options of generation, parsed as the command line parses them. */
    @Command(name = "/set")
    private static final class Line {
        @Mixin
        private final GenerationOptions generation = new GenerationOptions(OptionDefaults.CHAT);
    }

    private static final List<String> NAMES = new CommandLine(new Line())
            .getCommandSpec().options().stream()
                    .map(option -> option.longestName().substring(2))
                    .toList();

    private final LanguageModel model;
    private final Map<String, String> values = new TreeMap<>();

    /**
     * @param model has settings of its own
     * @param commandLine its options are the first settings
     */
    ChatSettings(LanguageModel model, ParseResult commandLine) {
        this.model = model;
        for (OptionSpec option : commandLine.matchedOptions()) {
            String name = option.longestName().substring(2);
            if (NAMES.contains(name)) {
                values.put(name, String.join(",", option.originalStringValues()));
            }
        }
    }

    /** Whether there is a setting of this name. */
    static boolean has(String name) {
        return NAMES.contains(name);
    }

    /** The settings as they are now; if no seed is set, each call leads to a new one. */
    GenerationOptions options() {
        return parse(values);
    }

    /** Changes a setting; a value of null sets it back to its default. Returns what is wrong with that, else null. */
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
            return "there is no setting " + name + Suggestions.question(name, NAMES);
        } catch (ParameterException e) {
            return inChat(WrongUsage.withPlainValues(e.getMessage()));
        }
        values.clear();
        values.putAll(changed);
        return null;
    }

    /** Options are settings here, without dashes. */
    private static String inChat(String message) {
        return message.replace("(--", "(/set ").replace(" option '--", " '").replaceAll("--(?=[a-z])", "");
    }

    /** All settings that have a value, one in each line, those that have it by default marked. */
    @Override
    public String toString() {
        Map<String, String> implied = parse(values).impliedSettings(model);
        Map<String, String> all = new TreeMap<>(implied);
        all.putAll(values);
        String lines = all.entrySet().stream()
                .map(setting -> line(setting.getKey(), setting.getValue(), implied.containsKey(setting.getKey())))
                .collect(Collectors.joining());
        String file = model.checkpoint().generation().file();
        return lines
                + parse(values).sampling(model).inEffect(model.checkpoint()).stream()
                        .filter(setting ->
                                setting.source().equals(file) && !setting.name().equals("eos_token_id"))
                        .map(setting -> String.format(
                                "%-18s %-12s (%s)%n", setting.name().replace('_', '-'), setting.value(), file))
                        .collect(Collectors.joining());
    }

    private static String line(String name, String value, boolean implied) {
        return (String.format("%-18s %-12s", name, value) + (implied ? " (default)" : "")).stripTrailing() + "\n";
    }

    private GenerationOptions parse(Map<String, String> values) {
        Line line = new Line();
        CommandLine parser = Values.register(new CommandLine(line));
        List<String> args = values.entrySet().stream()
                .map(value -> "--" + value.getKey() + (value.getValue().isEmpty() ? "" : "=" + value.getValue()))
                .toList();
        parser.parseArgs(args.toArray(String[]::new));
        line.generation.check();
        return line.generation;
    }
}
