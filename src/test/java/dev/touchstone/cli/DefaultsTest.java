package dev.touchstone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The defaults that {@code --help} states equal those of the commands. */
class DefaultsTest {
    private static final Pattern DEFAULT = Pattern.compile("Default: (.*?)[,.]?(?: |$)");

    /** Times and speeds, which differ from run to run. */
    private static final Pattern CHANGING = Pattern.compile(" *\\d+\\.\\d+(E-?\\d+)?");

    /** A command line for each command, without the options that are tested. */
    private static final Map<String, List<String>> COMMANDS = new TreeMap<>(Map.of(
            "generate", List.of("generate", "--model", "MODEL", "--prompt", "abc", "--json"),
            "chat", List.of("chat", "--model", "MODEL"),
            "compare", List.of("compare", "--model", "MODEL", "--prompt", "abc", "--prompt-lookup"),
            "explain", List.of("explain", "--model", "MODEL", "--prompt", "abc")));

    @TempDir
    private static Path folder;

    @BeforeAll
    static void writeModels() {
        TinyModel.write(folder.resolve("model"));
    }

    /** The stated default of an option changes nothing, and another value changes the output. */
    @TestFactory
    Stream<DynamicTest> theStatedDefaultIsTheValueThatIsUsed() {
        return Stream.of(
                same("generate", "--max-new-tokens", "7", "--window", "slide"),
                same("chat", "--max-new-tokens", "7"),
                same("compare", "--max-new-tokens", "7", "--window", "slide"),
                same("explain", "--max-new-tokens", "7", "--window", "slide"),
                same("generate", "--repetition-penalty", "1.5"),
                same("generate", "--no-repeat-ngram", "1"),
                same("explain", "--seed", "2"),
                same("generate", "--window-stride", "24", "--window", "slide"),
                same("explain", "--window-stride", "24", "--window", "slide", "-n", "60"),
                same("generate", "--speculate", "1", "--prompt-lookup", "-n", "20"));
    }

    /** Uses a model and a prompt for which an end-of-text token is likely, as in its generation.json. */
    @Test
    void beamSearchHasTheStatedDefaults() throws IOException {
        Path model = Files.createDirectory(folder.resolve("ends"));
        try (Stream<Path> files =
                Files.list(Path.of(System.getProperty("touchstone.basedir", "."), "fixtures/tiny-gpt2-variant"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, model.resolve(file.getFileName()));
            }
        }
        Files.writeString(model.resolve("generation_config.json"), "{\"eos_token_id\": 43}");
        String[] search = {"generate", "--model", "" + model, "--prompt", "Once upon a time", "-n", "17", "--beams", "3"
        };
        String without = Cli.run(search).out();

        for (String[] option : new String[][] {{"--length-penalty", "-1"}, {"--early-stopping", "true"}}) {
            assertThat(Cli.run(with(search, option[0], stated("generate", option[0])))
                            .out())
                    .isEqualTo(without);
            assertThat(Cli.run(with(search, option[0], option[1])).out())
                    .as(option[0])
                    .isNotEqualTo(without);
        }
    }

    private static DynamicTest same(String command, String option, String other, String... more) {
        return DynamicTest.dynamicTest(command + " " + option, () -> {
            String stated = stated(command, option);

            String without = run(command, more);
            assertThat(run(command, with(more, option, stated)))
                    .as("%s %s %s", command, option, stated)
                    .isEqualTo(without);
            assertThat(run(command, with(more, option, other)))
                    .as("%s %s %s", command, option, other)
                    .isNotEqualTo(without);
        });
    }

    @Test
    void aTextLongerThanTheContextIsHandledAsTheHelpSays() {
        String longText = "y".repeat(TinyModel.POSITIONS + 1);
        for (String command : COMMANDS.keySet()) {
            List<String> args = new ArrayList<>(COMMANDS.get(command));
            args.replaceAll(arg -> arg.equals("abc") ? longText : arg);
            args.addAll(List.of("-n", "1"));

            Cli cli = Cli.withInput(longText, args(args));

            String stated = stated(command, "--window");
            assertThat(stated).isIn("error", "slide");
            assertThat(cli.err().contains("the prompt has 25 tokens, but the model has 24 positions"))
                    .as("%s, default %s: %s", command, stated, cli.err())
                    .isEqualTo(stated.equals("error"));
        }
    }

    @Test
    void explainSamplesAsItsHelpSays() {
        String stated = help("explain")
                .replaceAll("(?s).*Default: sample with (--temperature [^.]*\\.\\d+ [^.]*\\.\\d+)\\..*", "$1");

        assertThat(stated).startsWith("--temperature ").contains(" --top-k ", " --top-p ");
        assertThat(run("explain", stated.split(" "))).isEqualTo(run("explain"));
        assertThat(run("explain", "--greedy")).isNotEqualTo(run("explain"));
        for (String command : List.of("generate", "chat", "compare")) {
            assertThat(help(command))
                    .contains(
                            "This is the default unless an option or the model's generation_config.json asks for sampling.");
            assertThat(run(command, "--greedy")).isEqualTo(run(command));
        }
    }

    @Test
    void explainDraftsAsItsHelpSays() {
        assertThat(help("explain"))
                .contains("Default: storyteller-draft for the included model, else --prompt-lookup.");
        assertThat(run("explain")).contains(" prompt lookup: ").doesNotContain("storyteller");
        assertThat(Cli.run("explain", "--prompt", "The", "-n", "2").out()).contains(" the model storyteller-draft: ");
        assertThat(help("generate")).doesNotContain("storyteller-draft");
    }

    @Test
    void withoutASeedEachRunHasANewOne() {
        assertThat(stated("generate", "--seed")).isEqualTo("a");
        assertThat(run("generate", "--temperature", "1.5")).isNotEqualTo(run("generate", "--temperature", "1.5"));
    }

    @Test
    void chatShowsTheSettingsThatItsHelpStates() {
        Map<String, String> shown = new TreeMap<>();
        for (String line : chat("/settings\n").out().lines().toList()) {
            String[] words = line.strip().split(" +");
            assertThat(words[words.length - 1]).as(line).isEqualTo("(default)");
            shown.put("--" + words[0], words.length == 3 ? words[1] : "");
        }

        assertThat(shown).containsOnlyKeys("--greedy", "--max-new-tokens", "--window", "--window-stride");
        assertThat(shown.get("--max-new-tokens")).isEqualTo(stated("chat", "--max-new-tokens"));
        assertThat(shown.get("--window")).isEqualTo(stated("chat", "--window"));
        assertThat(help("chat")).contains("Default: a quarter of the context.");
        assertThat(shown.get("--window-stride")).isEqualTo("" + TinyModel.POSITIONS / 4);
    }

    @Test
    void aResetSettingHasItsDefault() {
        String before = chat("/settings\n").out();

        String after = chat("/set window error\n/set max-new-tokens 3\n/set top-k 2\n/unset window\n"
                        + "/unset max-new-tokens\n/unset top-k\n/settings\n")
                .out();

        assertThat(after).isEqualTo(before);
    }

    /** Every stated default must be tested, because an untested one may be wrong. */
    @Test
    void everyStatedDefaultIsTested() {
        List<String> elsewhere = List.of(
                "--model", // the README's examples
                "--kernels", // changes only the speed
                "--threads",
                "--dtype",
                "--batch-size",
                "--port", // ServeCommandTest
                "--host",
                "--max-running",
                "--max-queued",
                "--cache-memory",
                "--grace",
                "--log",
                "--tolerance"); // ParityCommandTest
        List<String> tested = List.of(
                "--max-new-tokens",
                "--draft",
                "--greedy",
                "--seed",
                "--window",
                "--window-stride",
                "--repetition-penalty",
                "--no-repeat-ngram",
                "--length-penalty",
                "--early-stopping",
                "--speculate",
                "--no-model-defaults"); // its name is its meaning
        for (CommandSpec command : commands()) {
            for (OptionSpec option : command.options()) {
                if (help(command.name(), option.longestName()).toLowerCase().contains("default")) {
                    assertThat(Stream.concat(elsewhere.stream(), tested.stream()))
                            .contains(option.longestName());
                }
            }
        }
    }

    private static List<CommandSpec> commands() {
        return Main.commands(Streams.system()).getSubcommands().values().stream()
                .map(CommandLine::getCommandSpec)
                .toList();
    }

    /** The word after {@code Default:} in the description of an option. */
    private static String stated(String command, String option) {
        Matcher stated = DEFAULT.matcher(help(command, option));
        assertThat(stated.find())
                .as("%s states the default of %s", command, option)
                .isTrue();
        return stated.group(1);
    }

    /** The description of an option in the help, joined to one line. */
    private static String help(String command, String option) {
        Matcher entry = Pattern.compile("(?m)^ +(-\\w, )?[^\\n]*" + option + "[=, \\n](?:.|\\n(?! {0,8}-))*")
                .matcher(Cli.run(command, "--help").out().split("\n\n")[0].replaceFirst("(?s)^Usage.*?\n(?=\\S)", ""));
        assertThat(entry.find()).as("the help of %s has %s", command, option).isTrue();
        return entry.group().replaceAll("\\s+", " ");
    }

    private static String help(String command) {
        return Cli.run(command, "--help").out().replaceAll("\\s+", " ");
    }

    private static Cli chat(String input) {
        return Cli.withInput(input, args(COMMANDS.get("chat")));
    }

    private static String run(String command, String... more) {
        List<String> args = new ArrayList<>(COMMANDS.get(command));
        args.addAll(Arrays.asList(more));
        Cli cli = Cli.withInput("abc\n", args(args));
        assertThat(cli.exit()).as(cli.err()).isZero();
        return CHANGING.matcher(command.equals("compare") ? table(cli.out()) : cli.out())
                .replaceAll("#");
    }

    /** Removes the plot, whose points are times. */
    private static String table(String out) {
        return out.split("\n\n")[0];
    }

    private static String[] with(String[] more, String option, String value) {
        String[] all = Arrays.copyOf(more, more.length + 2);
        all[more.length] = option;
        all[more.length + 1] = value;
        return all;
    }

    private static String[] args(List<String> args) {
        return args.stream()
                .map(arg -> arg.replace("MODEL", folder.resolve("model").toString()))
                .toArray(String[]::new);
    }
}
