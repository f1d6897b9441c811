package dev.touchstone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.util.Remedy;
import dev.touchstone.util.TouchstoneException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Model.CommandSpec;

class AdviceTest {
    private static final Pattern REMEDY = Pattern.compile("new Remedy\\(\\s*\"(\\w+)\"");
    private static final CommandSpec GENERATE = command("generate");

    private static final TouchstoneException TOO_LONG = new TouchstoneException(
            "the text is too long", new Remedy("maxNewTokens", 5), new Remedy("window", "slide"));

    @Test
    void namesTheOptionsOfTheCommand() {
        assertThat(Advice.onCommandLine(TOO_LONG, GENERATE))
                .isEqualTo("the text is too long (--max-new-tokens 5 or --window slide)");
        assertThat(Advice.inChat(TOO_LONG))
                .isEqualTo("the text is too long (/set max-new-tokens 5 or /set window slide)");
    }

    @Test
    void namesTheVariableThatSetsTheHeap() {
        TouchstoneException full = new TouchstoneException("the weights take 400 MB", new Remedy("heap", "750m"));

        assertThat(Advice.onCommandLine(full, command("summary")))
                .isEqualTo("the weights take 400 MB (TOUCHSTONE_JAVA_OPTS=-Xmx750m)");
    }

    @Test
    void namesOnlyOptionsOfTheCommand() {
        assertThat(Advice.onCommandLine(TOO_LONG, command("summary"))).isEqualTo("the text is too long");
    }

    @Test
    void anExceptionKeepsTheRemediesOfItsCause() {
        TouchstoneException outer = new TouchstoneException("prompts.jsonl line 2: too long", TOO_LONG);

        assertThat(Advice.onCommandLine(outer, GENERATE)).endsWith("(--max-new-tokens 5 or --window slide)");
    }

    /** Otherwise the advice would be missing from the message. */
    @Test
    void everySettingThatAMessageNamesIsAnOption() throws IOException {
        Set<String> settings = new TreeSet<>();
        try (Stream<Path> sources =
                Files.walk(Path.of(System.getProperty("touchstone.basedir", "."), "src/main/java"))) {
            for (Path source :
                    sources.filter(file -> file.toString().endsWith(".java")).toList()) {
                REMEDY.matcher(Files.readString(source)).results().forEach(found -> settings.add(found.group(1)));
            }
        }

        settings.remove("heap");
        assertThat(settings).contains("maxNewTokens", "window", "greedy", "noRepeatNgram");
        assertThat(settings)
                .allSatisfy(setting -> assertThat(GENERATE.findOption("--" + Advice.optionName(new Remedy(setting))))
                        .as(setting)
                        .isNotNull());
    }

    private static CommandSpec command(String name) {
        return Main.commands(Streams.system()).getSubcommands().get(name).getCommandSpec();
    }
}
