package dev.touchstone.cli;

import dev.touchstone.util.Remedy;
import dev.touchstone.util.TouchstoneException;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;

/** Adds to an error message what to type: the library names its settings, and a command has an option for each. */
final class Advice {
    private Advice() {}

    /** Such as {@code ...; use a sliding window (--window slide)}. */
    static String onCommandLine(TouchstoneException e, CommandSpec command) {
        return with(e, "--", option -> command.findOption("--" + option) != null);
    }

    /** Such as {@code ...; use a sliding window (/set window slide)}. */
    static String inChat(TouchstoneException e) {
        return with(e, "/set ", ChatSettings::has);
    }

    private static String with(TouchstoneException e, String before, Predicate<String> isOption) {
        return e.remedies().stream()
                .filter(remedy -> isHeap(remedy) || isOption.test(optionName(remedy)))
                .map(remedy -> isHeap(remedy)
                        ? "TOUCHSTONE_JAVA_OPTS=-Xmx" + remedy.value()
                        : (before + optionName(remedy) + " " + remedy.value()).strip())
                .collect(Collectors.collectingAndThen(
                        Collectors.joining(" or "),
                        options -> e.getMessage() + (options.isEmpty() ? "" : " (" + options + ")")));
    }

    /** Whether it is the size of the JVM's heap, which is for the launcher to set and no option of a command. */
    static boolean isHeap(Remedy remedy) {
        return remedy.setting().equals("heap");
    }

    /** {@code maxNewTokens} becomes {@code max-new-tokens}. */
    static String optionName(Remedy remedy) {
        return remedy.setting().replaceAll("(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }
}
