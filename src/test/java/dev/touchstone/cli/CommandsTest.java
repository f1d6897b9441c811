package dev.touchstone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.touchstone.checkpoint.Checkpoint;
import dev.touchstone.checkpoint.LoadedModel;
import dev.touchstone.checkpoint.safetensors.Safetensors;
import dev.touchstone.generation.Generation;
import dev.touchstone.generation.Generator;
import dev.touchstone.generation.NaiveExecutor;
import dev.touchstone.generation.Settings;
import dev.touchstone.generation.Window;
import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.tensor.Tensor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The output of the commands without errors. */
class CommandsTest {
    @TempDir
    private static Path folder;

    private static Generation expected;

    @BeforeAll
    static void writeModel() {
        TinyModel.write(folder);
        LoadedModel model = Checkpoint.load(folder);
        expected = new Generator(new NaiveExecutor(model.transformer(), new ScalarKernels()), model.tokenizer())
                .generate(
                        model.tokenizer().encode(" the"),
                        Settings.greedy(9, Set.of(TinyModel.VOCABULARY - 1), Window.error(TinyModel.POSITIONS)),
                        step -> {});
    }

    @Test
    void generatePrintsPromptAndContinuation() {
        Cli cli = generate("--prompt", " the", "--max-new-tokens", "9");

        assertThat(cli.exit()).as(cli.err()).isZero();
        assertThat(cli.out()).isEqualTo("[ the]" + expected.text() + "\n");
        assertThat(cli.err()).matches("9 tokens in .* s, .* tokens/s, the first after .* s; ended by length\\R");
    }

    /** The storyteller is stored in 16 bits. */
    @Test
    void theTypeOfTheWeightsInMemoryDoesNotChangeTheText() {
        String[] command = {"generate", "-p", "Once upon a time", "-n", "9", "-q", "--dtype"};
        Cli stored = Cli.run(with(command, "stored"));
        Cli widened = Cli.run(with(command, "float32"));

        assertThat(widened.exit()).as(widened.err()).isZero();
        assertThat(widened.out()).isEqualTo(stored.out()).isNotBlank();
    }

    private static String[] with(String[] command, String last) {
        String[] all = Arrays.copyOf(command, command.length + 1);
        all[command.length] = last;
        return all;
    }

    @Test
    void onATerminalThePromptHasAnotherStyle() {
        Cli cli = Cli.onTerminal("generate", "--model", "" + folder, "-p", " the", "-n", "9");

        boolean colours = System.getenv("NO_COLOR") == null && !"dumb".equals(System.getenv("TERM"));
        assertThat(cli.out()).isEqualTo((colours ? "\033[1m the\033[0m" : "[ the]") + expected.text() + "\n");
    }

    @Test
    void quietPrintsTheContinuationOnly() {
        Cli cli = generate("--prompt", " the", "--max-new-tokens", "9", "--quiet");

        assertThat(cli.out()).isEqualTo(expected.text() + "\n");
        assertThat(cli.err()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--max-new-tokens", "--max_new_tokens", "--max-length", "-n"})
    void theMaximumLengthHasSeveralNames(String option) throws IOException {
        JsonNode json = json(generate("--text", " the", option, "9", "--greedy", "--json"));

        assertThat(ints(json.get("ids"))).isEqualTo(expected.ids());
    }

    @Test
    void jsonContainsEverything() throws IOException {
        JsonNode json = json(generate("--prompt", " the", "--max-new-tokens", "9", "--json"));

        assertThat(json.fieldNames())
                .toIterable()
                .containsExactly(
                        "prompt",
                        "prompt_ids",
                        "ids",
                        "text",
                        "finish_reason",
                        "seconds",
                        "tokens_per_second",
                        "time_to_first_token");
        assertThat(json.get("prompt").textValue()).isEqualTo(" the");
        assertThat(ints(json.get("prompt_ids"))).isEqualTo(expected.promptIds());
        assertThat(ints(json.get("ids"))).isEqualTo(expected.ids());
        assertThat(json.get("text").textValue()).isEqualTo(expected.text());
        assertThat(json.get("finish_reason").textValue()).isEqualTo("length");
        assertThat(json.get("seconds").doubleValue()).isPositive();
        assertThat(json.get("time_to_first_token").doubleValue())
                .isPositive()
                .isLessThanOrEqualTo(json.get("seconds").doubleValue());
    }

    @Test
    void aPromptMayBeTokenIds() throws IOException {
        JsonNode json = json(generate("--prompt-ids", "258", "--max-new-tokens", "9", "--json"));

        assertThat(json.get("prompt").textValue()).isEqualTo(" the");
        assertThat(ints(json.get("ids"))).isEqualTo(expected.ids());
    }

    @Test
    void onlyTheLastLineEndOfStandardInputIsRemoved() throws IOException {
        Cli cli = Cli.withInput("a \r\n", "generate", "--model", "" + folder, "--prompt", "-", "-n", "1", "--json");

        assertThat(json(cli).get("prompt").textValue()).isEqualTo("a ");
    }

    @Test
    void aPromptIsNotChanged() throws IOException {
        for (String prompt : new String[] {"@file", "\"quoted\"", "${user.home}", " two  spaces ", "-x", "é😀"}) {
            JsonNode json = json(generate("--prompt", prompt, "-n", "1", "--json"));

            assertThat(json.get("prompt").textValue()).isEqualTo(prompt);
        }
    }

    @Test
    void withoutALengthTheTextEndsWithTheContext() throws IOException {
        JsonNode json = json(generate("--prompt", "abcdefgh", "--json"));

        assertThat(json.get("ids")).hasSize(TinyModel.POSITIONS - 8 + 1);
    }

    @Test
    void zeroNewTokensArePossible() {
        Cli cli = generate("--prompt", " the", "--max-new-tokens", "0");

        assertThat(cli.exit()).isZero();
        assertThat(cli.out()).isEqualTo("[ the]\n");
    }

    @Test
    void showStepsPrintsALineForEachStep() {
        Cli cli = generate("--prompt", " the", "--max-new-tokens", "9", "--show-steps");

        assertThat(cli.exit()).as(cli.err()).isZero();
        assertThat(cli.out().lines().toList()).hasSizeGreaterThanOrEqualTo(11);
        for (int i = 0; i < 9; i++) {
            assertThat(cli.out().lines().toList().get(i + 1))
                    .matches(" *" + (i + 1) + " +" + expected.ids()[i] + "  \".*\" +[0-9.]+%  .* [0-9.]+%, .*");
        }
        assertThat(cli.out()).endsWith("[ the]" + expected.text() + "\n");
    }

    @Test
    void traceWritesEveryTapUnderItsName() throws IOException {
        Path out = folder.resolve("taps.safetensors");

        Cli cli = Cli.run("trace", "--model", "" + folder, "--prompt", " the end", "--out", "" + out);

        assertThat(cli.exit()).as(cli.err()).isZero();
        Map<String, Tensor> taps = new LinkedHashMap<>();
        LoadedModel model = Checkpoint.load(folder);
        int[] ids = model.tokenizer().encode(" the end");
        model.transformer().forward(ids, new ScalarKernels(), taps::put);
        try (Safetensors file = Safetensors.open(out)) {
            assertThat(file.names()).hasSize(taps.size() + 1);
            assertThat(file.get("input_ids").longs()).containsExactly(258, 32, 101, 110, 100);
            for (Map.Entry<String, Tensor> tap : taps.entrySet()) {
                assertThat(file.get(tap.getKey()).shape())
                        .isEqualTo(tap.getValue().shape());
                assertThat(file.get(tap.getKey()).floats().data())
                        .isEqualTo(tap.getValue().data());
            }
            assertThat(ints(new ObjectMapper().readTree(file.metadata().get("taps"))).length)
                    .isEqualTo(taps.size());
            assertThat(file.metadata()).containsEntry("text", " the end");
        }
    }

    @Test
    void tokenizeShowsIdsTokensAndBytes() {
        Cli cli = Cli.run("tokenize", "--model", "" + folder, " the\n\u00e9");

        assertThat(cli.exit()).as(cli.err()).isZero();
        assertThat(cli.out().lines().map(String::strip))
                .containsExactly(
                        "id  token                    bytes",
                        "258  \" the\"                   20 74 68 65",
                        "10  \"\\n\"                     0a",
                        "195  \"\\xC3\"                   c3",
                        "169  \"\\xA9\"                   a9");
        assertThat(cli.err()).startsWith("4 tokens: \" the\\n\u00e9\"");
    }

    @Test
    void tokenizeDecodesIds() throws IOException {
        JsonNode json = json(Cli.run("tokenize", "--model", "" + folder, "--ids", "[258, 195, 169]", "--json"));

        assertThat(json.get("text").textValue()).isEqualTo(" the\u00e9");
        assertThat(json.get("tokens").get(0).get("token").textValue()).isEqualTo("\u0120the");
    }

    @Test
    void aClosedPipeIsNotAnError() {
        Cli cli = Cli.writingTo(failing("Broken pipe"), "generate", "--model", "" + folder, "--prompt", "a");

        assertThat(cli.exit()).isZero();
        assertThat(cli.err()).isEmpty();
    }

    @Test
    void aFullDiskIsAnError() {
        Cli cli =
                Cli.writingTo(failing("No space left on device"), "generate", "--model", "" + folder, "--prompt", "a");

        assertThat(cli.exit()).isEqualTo(1);
        assertThat(cli.err().strip())
                .isEqualTo("touchstone: standard output cannot be written: No space left on device");
    }

    private static OutputStream failing(String why) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException(why);
            }
        };
    }

    private static Cli generate(String... options) {
        String[] args = new String[options.length + 3];
        System.arraycopy(new String[] {"generate", "--model", "" + folder}, 0, args, 0, 3);
        System.arraycopy(options, 0, args, 3, options.length);
        return Cli.run(args);
    }

    private static JsonNode json(Cli cli) throws IOException {
        assertThat(cli.exit()).as(cli.err()).isZero();
        assertThat(cli.out().lines()).hasSize(1);
        return new ObjectMapper().readTree(cli.out());
    }

    private static int[] ints(JsonNode array) {
        int[] values = new int[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).intValue();
        }
        return values;
    }
}
