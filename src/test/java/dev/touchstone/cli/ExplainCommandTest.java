package dev.touchstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.touchstone.tokenizer.TokenText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command {@code explain}. */
class ExplainCommandTest {
    @TempDir
    private static Path temporary;

    private static Path folder;

    @BeforeAll
    static void writeModel() {
        folder = TinyModel.write(temporary.resolve("tiny"));
    }

    @Test
    void printsEveryStageInOrder() {
        Cli cli = explain("--prompt", "the hen", "-n", "3");

        assertThat(cli.exit()).as(cli.err()).isZero();
        assertThat(cli.out().lines().filter(line -> line.matches("\\d  .*")).map(line -> line.substring(0, 4)))
                .containsExactly("1  T", "2  E", "3  P", "4  T", "5  O", "6  C", "7  G", "8  S", "9  M");
        assertThat(cli.out())
                .contains("text → (5)", "(5) → (5, 12)", "2 × (5, 12) → (5, 12)", "(5, 12) → (5, 260)")
                .contains("\"he\"", "temperature 0.8", "top-k 50", "top-p 0.95", "seed 1")
                .contains("model/Attention.java", "parity/GoldenTest (tap wte)", "the ids are the same")
                .doesNotContain("NaN", "null");
    }

    @Test
    void thePromptDeterminesTheText() {
        assertThat(text(explain("--prompt", "the hen"))).isEqualTo(text(explain("--prompt", "the hen")));
        assertThat(text(explain("--prompt", "the hen")))
                .isNotEqualTo(text(explain("--prompt", "the hen", "--seed", "2")));
    }

    @Test
    void greedyTakesTheMostLikelyToken() {
        Cli alone = Cli.run("generate", "--model", "" + folder, "--prompt", "the", "-n", "3", "--quiet");

        Cli cli = explain("--prompt", "the", "-n", "3", "--greedy");

        assertThat(cli.exit()).as(cli.err()).isZero();
        assertThat(cli.out()).contains(", greedy").doesNotContain("temperature");
        assertThat(text(cli)).startsWith(TokenText.quoted(alone.out().stripTrailing()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-n 0 | shows from 1 to 256 new tokens, got 0 (--max-new-tokens)",
                "-n 257 --window slide | shows from 1 to 256 new tokens, got 257 (--max-new-tokens)",
                "--draft nowhere | nowhere",
            })
    void refusesInOneLine(String options, String message) {
        Cli cli = explain(("--prompt the " + options).split(" "));

        assertThat(cli.exit()).isEqualTo(1);
        assertThat(cli.out()).isEmpty();
        assertThat(cli.err()).hasLineCount(1).startsWith("touchstone: ").contains(message);
    }

    @Test
    void refusesTooManyTokens() {
        Cli cli = explain("--prompt", "x".repeat(600), "--window", "slide");

        assertThat(cli.exit()).isEqualTo(1);
        assertThat(cli.err()).hasLineCount(1).contains("the prompt has 600 tokens, a walk-through shows at most 512");
    }

    /** The context of this model is 24 tokens. */
    @Test
    void showsTheWindowOfALongPrompt() {
        Cli cli = explain("--prompt", "x".repeat(30), "--window", "slide", "-n", "2");

        assertThat(cli.exit()).as(cli.err()).isZero();
        assertThat(cli.out()).contains("text → (24)", "6 tokens before these were dropped");
    }

    @Test
    void writesASelfContainedPage() throws IOException {
        Path html = temporary.resolve("page.html");

        Cli cli = explain("--prompt", "the hen", "-n", "2", "--html", "" + html);

        String page = Files.readString(html);
        assertThat(cli.exit()).as(cli.err()).isZero();
        assertThat(page)
                .contains("\"version\":null", "public record Attention(", "prefers-color-scheme: dark")
                .doesNotContain("/*INCLUDE", "/*DATA*/", "src=\"", "@import", "url(");
        assertThat(page.split("</script>", -1)).hasSize(2);
        assertThat(temporary.resolve("page.html.part")).doesNotExist();
    }

    /** Text of prompts and models must not end the script of the page or start another. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "<script>alert(1)</script>",
                "</script><img src=x onerror=alert(1)>",
                "<!--<script>",
                "\"]}; alert(1) //",
                "\u2028\u2029",
                "\ud800 is half a character",
                "\u0000"
            })
    void aHostilePromptStaysText(String prompt) throws IOException {
        Path html = temporary.resolve("hostile.html");

        Cli cli = explain("--window", "slide", "-n", "1", "--html", "" + html, "--prompt", prompt);

        String page = Files.readString(html);
        assertThat(cli.exit()).as(cli.err()).isZero();
        assertThat(page.split("<script", -1)).hasSize(2);
        assertThat(page.split("</script", -1)).hasSize(2);
        assertThat(page).doesNotContain("<!--", "<img");
        String data = page.lines()
                .filter(line -> line.startsWith("const run = "))
                .findFirst()
                .orElseThrow();
        JsonNode run = new ObjectMapper().readTree(data.substring("const run = ".length()));
        assertThat(run.get("prompt").asText()).isEqualTo(new String(prompt.getBytes(UTF_8), UTF_8));
    }

    @Test
    void refusesAFolderAsTheFile() {
        Cli cli = explain("--prompt", "the", "-n", "1", "--html", "" + temporary);

        assertThat(cli.exit()).isEqualTo(1);
        assertThat(cli.err()).hasLineCount(1).contains("is a folder");
    }

    @Test
    void twoHundredTokensFitAPage() throws IOException {
        Path html = temporary.resolve("long.html");
        String ids = IntStream.range(300, 500).mapToObj(String::valueOf).collect(Collectors.joining(","));

        Cli cli = Cli.run("explain", "--quiet", "--prompt-ids", ids, "-n", "3", "--html", "" + html);

        assertThat(cli.exit()).as(cli.err()).isZero();
        assertThat(Files.size(html)).isBetween(200_000L, 10_000_000L);
        assertThat(Files.readString(html)).doesNotContain("\"attention\":null");
    }

    private static Cli explain(String... options) {
        String[] args = new String[options.length + 4];
        System.arraycopy(options, 0, args, 4, options.length);
        args[0] = "explain";
        args[1] = "--quiet";
        args[2] = "--model";
        args[3] = "" + folder;
        return Cli.run(args);
    }

    /** The line that contains the whole text. */
    private static String text(Cli cli) {
        return cli.out()
                .lines()
                .filter(line -> line.contains("; ended by"))
                .findFirst()
                .orElseThrow()
                .strip();
    }
}
