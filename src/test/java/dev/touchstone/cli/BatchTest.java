package dev.touchstone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files of prompts: each line is continued once and in order, also after an interruption. */
class BatchTest {
    private static final List<String> LINES = List.of(
            "\"abc\"",
            "{\"prompt\": \" the end \u00e9\", \"id\": 17, \"tags\": [\"a\", null]}",
            "",
            "{\"prompt_ids\": [258, 32]}",
            "\"twenty tokens, or so.\"",
            "\"x\"");

    @TempDir
    private static Path folder;

    @TempDir
    private Path files;

    private Path prompts;
    private Path out;
    private Path part;

    @BeforeAll
    static void writeModel() {
        TinyModel.write(folder);
    }

    @BeforeEach
    void writePrompts() throws IOException {
        prompts = Files.write(files.resolve("prompts.jsonl"), LINES);
        out = files.resolve("texts.jsonl");
        part = files.resolve("texts.jsonl.part");
    }

    @Test
    void everyPromptIsContinuedInOrderAsIfItWereAlone() throws IOException {
        Cli cli = batch();

        assertThat(cli.exit()).as(cli.err()).isZero();
        List<String> answers = cli.out().lines().toList();
        assertThat(answers).hasSize(5);
        for (int i = 0; i < 5; i++) {
            JsonNode answer = new ObjectMapper().readTree(answers.get(i));
            JsonNode alone = new ObjectMapper()
                    .readTree(Cli.run(
                                    "generate",
                                    "--model",
                                    "" + folder,
                                    "--prompt",
                                    answer.get("prompt").textValue(),
                                    "--json")
                            .out());
            for (String field : new String[] {"prompt_ids", "ids", "text", "finish_reason"}) {
                assertThat(answer.get(field)).as("line %d, %s", i, field).isEqualTo(alone.get(field));
            }
        }
        assertThat(new ObjectMapper().readTree(answers.get(1)).get("id").intValue())
                .isEqualTo(17);
        assertThat(new ObjectMapper().readTree(answers.get(1)).get("tags").toString())
                .isEqualTo("[\"a\",null]");
    }

    @Test
    void theSizeOfABatchChangesNothing() {
        String expected = batch("--temperature", "1.5", "--seed", "3").out();

        for (String size : new String[] {"1", "2", "100"}) {
            assertThat(batch("--temperature", "1.5", "--seed", "3", "--batch-size", size)
                            .out())
                    .isEqualTo(expected);
        }
    }

    @Test
    void theFileHasTheSameLinesAsStandardOutput() throws IOException {
        Cli cli = batch("--out", "" + out);

        assertThat(cli.exit()).as(cli.err()).isZero();
        assertThat(cli.out()).isEmpty();
        assertThat(Files.readString(out)).isEqualTo(batch().out());
        assertThat(part).doesNotExist();
    }

    @Test
    void anInterruptedRunIsContinued() throws IOException {
        byte[] whole = interruptedAtTheEnd();
        String expected = batch().out();
        int step = whole.length / 40;

        for (int length = 0;
                length <= whole.length;
                length += step) { // truncated between lines, in a line, or in a character
            Files.write(part, Arrays.copyOf(whole, length));
            Files.deleteIfExists(out);

            Cli cli = batch("--out", "" + out);

            assertThat(cli.exit()).as("cut at %d: %s", length, cli.err()).isZero();
            assertThat(Files.readString(out)).as("cut at %d", length).isEqualTo(expected);
            assertThat(part).doesNotExist();
        }
    }

    @Test
    void resultsOfOtherSettingsAreNotContinued() throws IOException {
        Files.write(part, interruptedAtTheEnd());

        Cli cli = batch("--out", "" + out, "--max-new-tokens", "2");

        assertThat(cli.exit()).isEqualTo(1);
        assertThat(cli.err()).contains("texts.jsonl.part belongs to other prompts or settings");
        assertThat(out).doesNotExist();
        assertThat(part).exists();
    }

    @Test
    void resultsOfOtherPromptsAreNotContinued() throws IOException {
        Files.write(part, interruptedAtTheEnd());
        Files.writeString(prompts, "\"other\"\n");

        assertThat(batch("--out", "" + out).exit()).isEqualTo(1);
    }

    @Test
    void settingsOfSpeedMayChangeInBetween() throws IOException {
        Files.write(part, interruptedAtTheEnd());

        assertThat(batch("--out", "" + out, "--no-cache", "--batch-size", "1").exit())
                .isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ | line 2 is not valid JSON at column",
                "\"a\" \"b\" | line 2 is not valid JSON at column",
                "17 | line 2 has no prompt",
                "{\"text\": \"a\"} | line 2 has no prompt",
                "{\"prompt\": 5} | line 2 has no prompt",
                "{\"prompt_ids\": [1, 2.5]} | line 2 has no prompt",
                "{\"prompt_ids\": [1, 9999]} | 9999 is not in the vocabulary",
                "{\"prompt_ids\": []} | the prompt is empty",
                "\"\" | the prompt is empty",
            })
    void anInvalidLineIsReportedBeforeGeneration(String line, String message) throws IOException {
        Files.writeString(prompts, "\"good\"\n" + line + "\n");

        Cli cli = batch("--out", "" + out);

        assertThat(cli.exit()).isEqualTo(1);
        assertThat(cli.err()).contains(message);
        assertThat(cli.err().lines()).hasSize(1);
        assertThat(part).doesNotExist();
    }

    @Test
    void aPromptLongerThanTheContextIsReportedBeforeGeneration() throws IOException {
        Files.writeString(prompts, "\"good\"\n\"" + "x".repeat(25) + "\"\n");

        Cli cli = batch();

        assertThat(cli.exit()).isEqualTo(1);
        assertThat(cli.out()).isEmpty();
        assertThat(cli.err()).contains("line 2", "prompt has 25 tokens");
    }

    @Test
    void anEmptyFileIsNotAnError() throws IOException {
        Files.writeString(prompts, "\n");

        assertThat(batch("--out", "" + out).exit()).isZero();
        assertThat(out).isEmptyFile();
    }

    @Test
    void aMissingFile() {
        Cli cli = Cli.run("generate", "--model", "" + folder, "--batch-file", files + "/none");

        assertThat(cli.exit()).isEqualTo(1);
        assertThat(cli.err()).contains("none: no such file");
    }

    /** The bytes of the temporary file after all lines, before it is renamed. */
    private byte[] interruptedAtTheEnd() throws IOException {
        Path folderInTheWay = files.resolve("blocked");
        Files.createDirectories(folderInTheWay.resolve("x"));
        assertThat(batch("--out", "" + folderInTheWay).exit()).isEqualTo(1);
        return Files.readAllBytes(files.resolve("blocked.part"));
    }

    private Cli batch(String... options) {
        String[] args = Arrays.copyOf(
                new String[] {"generate", "--model", "" + folder, "--batch-file", "" + prompts}, 5 + options.length);
        System.arraycopy(options, 0, args, 5, options.length);
        return Cli.run(args);
    }
}
