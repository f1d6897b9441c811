package dev.touchstone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The effects of the options of {@code generate}. */
class DecodingOptionsTest {
    private static final String SAMPLED =
            "--temperature 1.5 --top-k 50 --top-p 0.9 --min-p 0.01 --typical-p 0.95 --seed 7";

    @TempDir
    private static Path folder;

    @TempDir
    private static Path small;

    @BeforeAll
    static void writeModels() {
        TinyModel.write(folder);
        TinyModel.write(small, 2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--greedy",
                "--no-cache",
                "--kernels scalar",
                "--kernels vector --threads 1",
                "--threads 3",
                "--prompt-lookup",
                "--prompt-lookup --speculate 7",
                "--draft SMALL",
                "--draft SMALL --speculate 1",
                "--draft SMALL --no-cache",
                "--window slide",
                "--repetition-penalty 1",
                "--no-repeat-ngram 0"
            })
    void neutralOptionsDoNotChangeGreedyText(String options) {
        assertThat(ids(options)).isEqualTo(ids(""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--no-cache", "--kernels scalar", "--threads 2", "--window slide"})
    void neutralOptionsDoNotChangeSampledText(String options) {
        assertThat(ids(SAMPLED + " " + options)).isEqualTo(ids(SAMPLED));
    }

    @Test
    void anotherSeedGivesAnotherText() {
        assertThat(ids("--temperature 1.5 --seed 1")).isNotEqualTo(ids("--temperature 1.5 --seed 2"));
    }

    @Test
    void thePrintedSeedReproducesASampledText() throws IOException {
        JsonNode first = json("--temperature 1.5");

        JsonNode again = json("--temperature 1.5 --seed " + first.get("seed").asText());

        assertThat(again.get("ids")).isEqualTo(first.get("ids"));
    }

    @Test
    void topKOfOneIsGreedy() {
        assertThat(ids("--top-k 1")).isEqualTo(ids(""));
        assertThat(ids("--top-p 0")).isEqualTo(ids(""));
    }

    @Test
    void noUnigramAppearsTwice() {
        assertThat(ids("--no-repeat-ngram 1")).doesNotHaveDuplicates();
    }

    @Test
    void aStopTextEndsTheText() throws IOException {
        String whole = json("").get("text").textValue();
        String stop = whole.substring(4, 6);

        JsonNode stopped = json("--stop", stop);

        assertThat(stopped.get("finish_reason").textValue()).isEqualTo("stop");
        assertThat(stopped.get("text").textValue()).isEqualTo(whole.substring(0, whole.indexOf(stop)));
    }

    @Test
    void aSlidingWindowContinuesBeyondTheContext() throws IOException {
        JsonNode cached = json("--window slide -n 40");

        assertThat(cached.get("ids")).hasSize(40);
        assertThat(json("--window slide -n 40 --no-cache").get("ids")).isEqualTo(cached.get("ids"));
        assertThat(json("--window slide -n 40 --window-stride 8").get("ids")).hasSize(40);
    }

    @Test
    void aStrideLargerThanTheContextIsRefused() {
        Cli cli = run("--window slide --window-stride 25");

        assertThat(cli.exit()).isEqualTo(1);
        assertThat(cli.err()).contains("from 1 to the model's 24 positions, got 25");
    }

    @Test
    void beamsPrintTheirTextAtTheEnd() throws IOException {
        String text = json("--beams 3").get("text").textValue();

        Cli cli = run("--beams 3");

        assertThat(cli.out()).isEqualTo("[abc]" + text + "\n");
        assertThat(cli.err()).contains("12 tokens in ");
    }

    @Test
    void speculativeDecodingPrintsTheAcceptanceRate() throws IOException {
        JsonNode json = json("--draft", folder.toString());

        assertThat(json.get("speculation").get("acceptance_rate").doubleValue()).isEqualTo(1);
        assertThat(json.get("speculation").get("tokens_per_pass").doubleValue()).isGreaterThan(3);
        assertThat(run("--draft SMALL").err()).containsPattern("[0-9]+ of [0-9]+ drafted tokens accepted");
    }

    private static List<Integer> ids(String options) {
        try {
            List<Integer> ids = new ArrayList<>();
            json(options).get("ids").forEach(id -> ids.add(id.intValue()));
            return ids;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static JsonNode json(String options) throws IOException {
        return json((options + " ").replace("SMALL", small.toString()).split(" +"));
    }

    private static JsonNode json(String... options) throws IOException {
        List<String> all = new ArrayList<>(List.of(options));
        all.add("--json");
        Cli cli = run(all);
        assertThat(cli.exit()).as(cli.err()).isZero();
        return new ObjectMapper().readTree(cli.out());
    }

    private static Cli run(String options) {
        return run(List.of(options.replace("SMALL", small.toString()).split(" +")));
    }

    private static Cli run(List<String> options) {
        List<String> all = new ArrayList<>(List.of("generate", "--model", "" + folder, "--prompt", "abc"));
        if (!options.contains("-n")) {
            all.addAll(List.of("-n", "12"));
        }
        options.stream().filter(option -> !option.isEmpty()).forEach(all::add);
        return Cli.run(all.toArray(String[]::new));
    }
}
