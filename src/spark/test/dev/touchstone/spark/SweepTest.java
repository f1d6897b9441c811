package dev.touchstone.spark;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A sweep over checkpoints, fixtures and prompts, against the command {@code parity}. */
class SweepTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final List<JsonNode> ROWS = new ArrayList<>();

    @BeforeAll
    static void run() throws Exception {
        for (String line : Cluster.results().rows("sweep")) {
            ROWS.add(JSON.readTree(line));
        }
    }

    /** The last part of a path in a column. */
    private static String name(JsonNode row, String column) {
        return Path.of(row.get(column).textValue()).getFileName().toString();
    }

    private static List<JsonNode> rowsOf(String checkpoint) {
        return ROWS.stream()
                .filter(row -> name(row, "checkpoint").equals(checkpoint))
                .toList();
    }

    @Test
    void everyTapHasTheNumbersOfTheCommand() throws Exception {
        Map<String, JsonNode> wanted = taps();
        List<JsonNode> rows = new ArrayList<>(rowsOf("tiny-gpt2"));
        rows.addAll(rowsOf("exercise"));

        for (JsonNode row : rows) {
            JsonNode tap = wanted.get(name(row, "fixture") + " "
                    + row.get("prompt").textValue() + " " + row.get("tap").textValue());
            for (String column : List.of("ratio", "rms", "pytorch_rms", "max", "pytorch_max", "local_max", "verdict")) {
                assertThat(row.get(column)).as(row.toString()).isEqualTo(tap.get(column));
            }
        }
        assertThat(rows.size()).isEqualTo(wanted.size()).isGreaterThan(150);
    }

    /** By fixture, prompt and name. Of the second fixture, the sweep has one of the two prompts. */
    private static Map<String, JsonNode> taps() throws Exception {
        Path fixtures = Cluster.ROOT.resolve("fixtures");
        String report = Cluster.path("parity.json");
        Cluster.touchstone(
                "parity",
                "--quiet",
                "--json",
                report,
                "" + fixtures.resolve("tiny-gpt2"),
                "" + fixtures.resolve("exercise"));
        Map<String, JsonNode> taps = new TreeMap<>();
        for (JsonNode fixture : JSON.readTree(Path.of(report).toFile()).get("fixtures")) {
            for (JsonNode one : fixture.get("cases")) {
                String prompt =
                        fixture.get("name").textValue() + " " + one.get("name").textValue();
                for (JsonNode tap : one.get("taps")) {
                    taps.put(prompt + " " + tap.get("name").textValue(), tap);
                }
            }
        }
        taps.keySet().removeIf(name -> name.startsWith("exercise random-1 "));
        return taps;
    }

    @Test
    void aCheckpointWithAWrongWeightIsWrongByTheGoldensOfAnother() {
        List<JsonNode> taps =
                rowsOf("wrong-model").stream().filter(row -> row.has("tap")).toList();

        assertThat(taps).anyMatch(row -> !row.get("passes").booleanValue());
        assertThat(taps).allMatch(row -> name(row, "fixture").equals("tiny-gpt2"));
        assertThat(rowsOf("tiny-gpt2")).allMatch(row -> row.get("passes").booleanValue());
    }

    @Test
    void rowsThatCannotBeUsedHaveAnError() {
        List<String> errors = ROWS.stream()
                .filter(row -> row.has("error"))
                .map(row -> row.get("error").textValue())
                .sorted()
                .toList();

        assertThat(errors).hasSize(2);
        assertThat(errors).anyMatch(error -> error.contains("no-prompt.safetensors"));
        assertThat(errors).anyMatch(error -> error.contains("no-fixture"));
    }

    @Test
    void theReportHasASectionForEachCheckpoint() throws Exception {
        assertThat(Files.readString(Cluster.FOLDER.resolve("sweep.html")))
                .contains(
                        Cluster.path("wrong-model") + " with the goldens of "
                                + Cluster.ROOT.resolve("fixtures/tiny-gpt2"),
                        Cluster.ROOT.resolve("fixtures/exercise").toString(),
                        "Touchstone on Spark");
    }
}
