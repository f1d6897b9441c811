package dev.touchstone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.LanguageModel;
import dev.touchstone.checkpoint.Fingerprint;
import dev.touchstone.parity.Report;
import dev.touchstone.server.api.Alone;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine.Model.OptionSpec;

/** What {@code --help} prints. */
class HelpTest {
    private static final int WIDTH = 80;
    private static final Path ROOT = Path.of(System.getProperty("touchstone.basedir", "."));

    /** An example in the help: a command and its arguments, quoted as for a shell. */
    private static final Pattern EXAMPLE = Pattern.compile("(?m)^  (?:source <\\()?touchstone ([^)\n]*)\\)?$");

    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|\\S+");

    @TempDir
    private Path folder;

    static Stream<String> commands() {
        return Main.commands(Streams.system()).getSubcommands().keySet().stream();
    }

    @Test
    void theProgramListsItsCommandsAndExitCodes() {
        String help = Cli.run("--help").out();

        assertThat(commands()).hasSizeGreaterThanOrEqualTo(10);
        commands().forEach(command -> assertThat(help).containsPattern("(?m)^  " + command + " +[A-Z]"));
        assertThat(help).containsPattern("0 +success\n").containsPattern("130 +interrupted");
        assertThat(Cli.run("--version").out()).startsWith("touchstone ");
    }

    @Test
    void theReadmeListsTheSameCommands() throws IOException {
        List<String> listed = Pattern.compile("(?m)^\\| `([a-z]+)` \\|")
                .matcher(Files.readString(ROOT.resolve("README.md"))
                        .replaceFirst("(?s).*\n## Commands\n", "")
                        .replaceFirst("(?s)\nEach .*", ""))
                .results()
                .map(found -> found.group(1))
                .toList();

        assertThat(listed).containsExactlyInAnyOrderElementsOf(commands().toList());
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyLineFitsATerminalOf80Columns(String command) {
        Cli cli = Cli.run(command, "--help");

        assertThat(cli.exit()).isZero();
        assertThat(cli.err()).isEmpty();
        assertThat(cli.out()).startsWith("Usage: touchstone " + command);
        assertThat(cli.out().lines())
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(WIDTH));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyOptionIsDescribedInSentences(String command) {
        for (OptionSpec option : Main.commands(Streams.system())
                .getSubcommands()
                .get(command)
                .getCommandSpec()
                .options()) {
            assertThat(String.join(" ", option.description()))
                    .as(option.longestName())
                    .matches("(?s)[A-Z].*[.}]");
        }
        assertThat(Cli.run(command, "--help").out()).doesNotContain("null", "${", "%n");
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyExampleWorks(String command) throws Exception {
        Files.writeString(folder.resolve("prompts.jsonl"), "\"The king\"\n");
        Files.writeString(folder.resolve("chat.json"), "[{\"role\": \"user\", \"content\": \"Hello\"}]");
        Files.writeString(folder.resolve("chatml.jinja"), "{{ messages[0].content }}");
        if (command.equals("pages")) {
            Files.createDirectory(folder.resolve("reports"));
            Files.writeString(folder.resolve("reports/page.html"), new Report(Map.of()).html());
        }
        if (command.equals("replay")) {
            try (LanguageModel model = LanguageModel.storyteller()) {
                String body = "{\"prompt\": \"The fox\", \"max_tokens\": 3}";
                String response =
                        Alone.answer(model, body, Fingerprint.ofStoryteller()).toString();
                Files.writeString(folder.resolve("response.json"), response);
            }
        }
        List<String> examples = EXAMPLE.matcher(Cli.run(command, "--help").out())
                .results()
                .map(found -> found.group(1))
                .toList();

        assertThat(examples)
                .isNotEmpty()
                .allSatisfy(example -> assertThat(example).startsWith(command));
        for (String example : examples) {
            Cli cli = command.equals("serve") ? Serving.once(arguments(example)) : Cli.run(arguments(example));

            assertThat(cli.exit()).as(example + ": " + cli.err()).isZero();
        }
    }

    /** Files are in the test's own folder, fixtures in the project's. */
    private String[] arguments(String example) {
        List<String> arguments = new ArrayList<>();
        for (MatchResult word : WORD.matcher(example).results().toList()) {
            String argument = word.group(1) == null ? word.group() : word.group(1);
            boolean isFile = argument.matches("[\\w-]+\\.(html|jsonl|json|safetensors|jinja)|model-folder|reports");
            arguments.add(
                    isFile
                            ? folder.resolve(argument).toString()
                            : argument.startsWith("fixtures/")
                                    ? ROOT.resolve(argument).toString()
                                    : argument);
        }
        return arguments.toArray(String[]::new);
    }
}
