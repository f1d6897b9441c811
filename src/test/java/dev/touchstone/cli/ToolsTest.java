package dev.touchstone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.touchstone.checkpoint.safetensors.Safetensors;
import dev.touchstone.support.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands {@code summary}, {@code compare} and {@code chat}. */
class ToolsTest {
    @TempDir
    private static Path temporary;

    private static Path folder;

    @BeforeAll
    static void writeModel() {
        folder = TinyModel.write(temporary.resolve("tiny & <small>"));
    }

    /** A block of Q8_0 takes 34 bytes for 32 weights, one of Q4_1 20, one of IQ4_NL 18. */
    @Test
    void summaryShowsTheTypesOfAGgufFile() {
        Cli cli = Cli.run("summary", "--model", Fixtures.gguf("bloom").toString());

        assertThat(cli.exit()).as(cli.err()).isZero();
        assertThat(cli.out())
                .containsPattern("stored as +tensors +bits a weight +weights\n")
                .containsPattern("Q8_0 +3 +8.50 +[0-9,]+\n")
                .containsPattern("Q4_1 +2 +5.00 +[0-9,]+\n")
                .containsPattern("IQ4_NL +2 +4.50 +[0-9,]+\n")
                .containsPattern("F32 +20 +32.00 +[0-9,]+\n")
                .containsPattern("all types +29 +[0-9.]+ +[0-9,]+\n")
                .containsPattern("\nweights in the file: 24[0-9] KB, in memory: 24[0-9] KB\n");
    }

    /** Whole numbers of 4 bits and their scales, as in the file. */
    @Test
    void summaryShowsThatMxfp4KeepsItsBitsInMemory() {
        Cli cli = Cli.run("summary", "--model", Fixtures.gguf("gpt-oss").toString());

        assertThat(cli.exit()).as(cli.err()).isZero();
        Matcher sizes = Pattern.compile("\nweights in the file: ([0-9]+) KB, in memory: ([0-9]+) KB\n")
                .matcher(cli.out());
        assertThat(sizes.find()).isTrue();
        assertThat(Integer.parseInt(sizes.group(2))).isBetween(1, Integer.parseInt(sizes.group(1)) + 2);
    }

    @Test
    void summaryCountsEveryParameterOnce() {
        long stored = 0; // the head is tied, so every parameter is stored once
        try (Safetensors file = Safetensors.open(folder.resolve("model.safetensors"))) {
            for (String name : file.names()) {
                stored += Arrays.stream(file.get(name).shape()).reduce(1, (a, b) -> a * b);
            }
        }

        Cli cli = Cli.run("summary", "--model", "" + folder);

        assertThat(cli.exit()).as(cli.err()).isZero();
        List<String> lines = cli.out().lines().map(String::strip).toList();
        assertThat(lines.get(lines.size() - 1)).matches("total +" + String.format("%,d", stored));
        assertThat(cli.out())
                .containsPattern("h\\.1\\.attn\\.c_attn +Linear +\\(12, 36\\) \\(36\\) +468\n")
                .containsPattern("wte +Embedding +\\(260, 12\\) +3,120\n")
                .containsPattern("lm_head +Head +\\(12, 260\\) tied +0\n");
    }

    /** The number of parameters that PyTorch counted when the fixture was written. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "storyteller",
                "exercise",
                "tiny-bloom",
                "tiny-deepseek-v2",
                "tiny-gemma2",
                "tiny-gpt-neo",
                "tiny-gpt-neox",
                "tiny-gpt-oss",
                "tiny-gptj",
                "tiny-granitemoe",
                "tiny-llama",
                "tiny-llama3",
                "tiny-llama4",
                "tiny-ministral3",
                "tiny-mistral",
                "tiny-mixtral",
                "tiny-opt",
                "tiny-opt-350m",
                "tiny-phi",
                "tiny-phi3",
                "tiny-falcon",
                "tiny-gpt-bigcode",
                "tiny-codegen",
                "tiny-mpt",
                "tiny-stablelm",
                "tiny-granite",
                "tiny-starcoder2",
                "tiny-qwen2",
                "tiny-qwen2-moe",
                "tiny-qwen3",
                "tiny-qwen3-moe",
                "tiny-xglm"
            })
    void summaryCountsWhatPyTorchCounts(String model) throws IOException {
        Path fixture = Path.of(System.getProperty("touchstone.basedir", "."), "fixtures", model);
        JsonNode provenance =
                new ObjectMapper().readTree(fixture.resolve("provenance.json").toFile());
        int counted = (provenance.has("training") ? provenance.get("training") : provenance)
                .required("parameters")
                .intValue();

        Cli cli = Cli.run("summary", "--model", "" + fixture);

        assertThat(counted).isPositive();
        assertThat(cli.out().stripTrailing()).endsWith(String.format(" %,d", counted));
    }

    @Test
    void compareShowsThatTheIdsAgree() throws IOException {
        Path html = temporary.resolve("plot.html");

        Cli cli = Cli.run(
                "compare",
                "--model",
                "" + folder,
                "--prompt",
                "abc",
                "-n",
                "20",
                "--prompt-lookup",
                "--html",
                "" + html);

        assertThat(cli.exit()).as(cli.err()).isZero();
        for (String way : new String[] {"without cache", "with cache", "with drafts"}) {
            assertThat(cli.out()).containsPattern(way + " +20 +[0-9.]+ +[0-9.]+ +[0-9.]+ +[0-9.]+x  equal\n");
        }
        assertThat(cli.out()).contains("ms per token", "20 tokens").doesNotContain("DIFFERENT");
        assertThat(Files.readString(html))
                .contains(
                        "\"model\":\"tiny & \\u003csmall>",
                        "\"prompt\":\"abc\"",
                        "\"ids\":\"equal\"",
                        "prefers-color-scheme: dark")
                .doesNotContain("<small>", "NaN,");
        assertThat(temporary.resolve("plot.html.new")).doesNotExist();
    }

    @Test
    void compareNeedsTokensToCompare() {
        Cli cli = Cli.run("compare", "--model", "" + folder, "--prompt", "abc", "-n", "0");

        assertThat(cli.exit()).isEqualTo(1);
        assertThat(cli.err()).contains("no token was generated");
    }

    @Test
    void compareWithOneToken() {
        assertThat(Cli.run("compare", "--model", "" + folder, "--prompt", "abc", "-n", "1")
                        .exit())
                .isZero();
    }

    @Test
    void chatAnswersEachLine() {
        Cli alone = Cli.run("generate", "--model", "" + folder, "--prompt", "abc", "-n", "5", "--quiet");

        Cli cli = chat("abc\n/reset\nabc\n", "-n", "5", "--quiet");

        assertThat(cli.exit()).as(cli.err()).isZero();
        assertThat(cli.out()).isEqualTo(alone.out().repeat(2));
    }

    @Test
    void chatWrapsAnswersOnATerminalOnly() {
        String[] chat = {"chat", "--quiet", "--greedy", "-n", "60"};
        String piped = Cli.withInput("Once upon a time\n", chat).out();

        Cli terminal = Cli.withInputOnTerminal("Once upon a time\n", chat);

        assertThat(piped.lines().mapToInt(String::length).max().orElse(0)).isGreaterThan(80);
        assertThat(terminal.out().lines())
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
        assertThat(terminal.out().split("\\s+")).isEqualTo(piped.split("\\s+"));
    }

    @Test
    void theHelpOfAChatFits80Columns() {
        assertThat(chat("/help\n").out().lines())
                .hasSizeGreaterThan(8)
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
    }

    @Test
    void chatContinuesTheText() {
        String first = chat("abc\n", "-n", "5", "--quiet").out().stripTrailing();
        String second = Cli.run(
                        "generate", "--model", "" + folder, "--prompt", "abc" + first + "\nd", "-n", "5", "--quiet")
                .out();

        assertThat(chat("abc\nd\n", "-n", "5", "--quiet").out()).isEqualTo(first + "\n" + second);
    }

    @Test
    void chatSettingsChangeWhileItRuns() {
        Cli cli = chat("""
                /set max-new-tokens 3
                /set temperature 0.8
                /set seed 5
                /settings
                /unset temperature
                /settings
                """);

        assertThat(cli.out().lines().toList())
                .containsExactly(
                        "max-new-tokens     3",
                        "seed               5",
                        "temperature        0.8",
                        "window             slide        (default)",
                        "window-stride      6            (default)",
                        "max-new-tokens     3",
                        "seed               5",
                        "window             slide        (default)",
                        "window-stride      6            (default)");
    }

    @Test
    void chatReportsInvalidCommandsAndContinues() {
        Cli cli = chat("""
                /set
                /set colour red
                /set temprature 1
                /set temperature hot
                /set temperature -1
                /set temperature 0.8
                /set greedy
                /dance
                /setings
                /unset
                /settings
                /quit
                never read
                """, "--quiet");

        assertThat(cli.exit()).isZero();
        assertThat(cli.err().lines().toList())
                .satisfiesExactly(
                        line -> assertThat(line)
                                .isEqualTo("the name of a setting is missing, as in /set temperature 0.8"),
                        line -> assertThat(line).isEqualTo("there is no setting colour"),
                        line -> assertThat(line).isEqualTo("there is no setting temprature; did you mean temperature?"),
                        line -> assertThat(line).isEqualTo("Invalid value for 'temperature': 'hot' is not a number"),
                        line -> assertThat(line)
                                .isEqualTo(
                                        "temperature must be above 0, got -1; use greedy decoding instead (/set greedy)"),
                        line -> assertThat(line).isEqualTo("greedy and temperature exclude each other: leave out one"),
                        line -> assertThat(line).isEqualTo("there is no command /dance; see /help"),
                        line -> assertThat(line)
                                .isEqualTo("there is no command /setings; did you mean /settings?; see /help"),
                        line -> assertThat(line)
                                .isEqualTo("the name of a setting is missing, as in /unset temperature"));
        assertThat(cli.out()).contains("temperature        0.8\n").doesNotContain("greedy");
    }

    @Test
    void anInvalidLineDoesNotEndTheChat() {
        String lines = "/set window error\n" + "y".repeat(40) + "\n/settings\nx\n";

        Cli cli = chat(lines, "-n", "2", "--quiet");

        assertThat(cli.exit()).isZero();
        assertThat(cli.err())
                .contains("the prompt has 40 tokens, but the model has 24 positions", "(/set window slide)");
        assertThat(cli.out())
                .startsWith(
                        "greedy                          (default)\nmax-new-tokens     2\nwindow             error\n")
                .hasLineCount(4);
    }

    private static Cli chat(String input, String... options) {
        String[] args = Arrays.copyOf(new String[] {"chat", "--model", "" + folder}, 3 + options.length);
        System.arraycopy(options, 0, args, 3, options.length);
        return Cli.withInput(input, args);
    }
}
