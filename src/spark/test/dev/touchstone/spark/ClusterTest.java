package dev.touchstone.spark;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares the output of clusters with that of the command line, byte for byte. */
class ClusterTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static Cluster cluster;
    private static List<String> expected;

    @BeforeAll
    static void run() throws Exception {
        cluster = Cluster.results();
        String options = "--temperature 0.9 --top-k 40 --seed 7 -n 4 --batch-file " + Cluster.path("prompts.jsonl");
        expected = Cluster.touchstone(("generate --quiet " + options).split(" ")).stream()
                .sorted()
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"partitions-1", "partitions-2", "partitions-7", "partitions-64", "killed", "frozen"})
    void eachRunHasTheRowsOfTheCommandOnceByteForByte(String run) throws IOException {
        List<String> good = cluster.rows(run).stream()
                .filter(line -> !line.contains("\"error\":"))
                .sorted()
                .toList();

        assertThat(good.equals(expected)).isTrue(); // without a list of 2,000 rows as the message
        assertThat(good).hasSize(Cluster.PROMPTS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"partitions-1", "partitions-64", "killed", "frozen"})
    void badRowsHaveAnError(String run) throws IOException {
        List<String> bad = cluster.rows(run).stream()
                .filter(line -> line.contains("\"error\":"))
                .sorted()
                .toList();

        assertThat(bad).hasSize(4);
        assertThat(bad.get(0)).contains("no JSON, bad-4", "the line is no JSON object");
        assertThat(bad.get(1)).contains("bad-1", "the prompt is empty");
        assertThat(bad.get(2)).contains("bad-2", "100000 new tokens were requested");
        assertThat(bad.get(3)).contains("bad-3", "the row has no id");
    }

    @ParameterizedTest
    @ValueSource(strings = {"partitions-1", "partitions-64", "killed", "frozen"})
    void accumulatorsCountEachRowOnce(String run) throws IOException {
        assertThat(cluster.events(run))
                .containsEntry("rows", "" + Cluster.PROMPTS)
                .containsEntry("errors", "4");
    }

    @Test
    void bothExecutorsGenerate() throws IOException {
        assertThat(cluster.events("partitions-64"))
                .containsEntry("executors", "2")
                .containsEntry("succeeded", "64");
    }

    @Test
    void aKilledExecutorCostsAtMostThePartitionsInFlight() throws IOException {
        assertThat(cluster.events("killed")).containsEntry("lost", "1").containsEntry("repeated", "0");
    }

    @Test
    void aTaskOfAFrozenExecutorHasASecondAttempt() throws IOException {
        int attempts = Integer.parseInt(cluster.events("frozen").getProperty("second-attempts"));

        assertThat(attempts).isPositive();
    }

    @Test
    void anotherModelOnAnExecutorFailsTheJob() throws IOException {
        assertThat(Files.readString(Cluster.FOLDER.resolve("other-model.txt")))
                .contains("the model storyteller on this executor has the digest", "expected 0000");
    }

    @Test
    void aModelThatAnExecutorLacksFailsTheJob() throws IOException {
        assertThat(Files.readString(Cluster.FOLDER.resolve("no-model.txt")))
                .contains("chat-model: Spark copied no such file or archive to this machine");
    }

    /** From Parquet, with a model that has a path on all machines; and with one in an archive, also to Parquet. */
    @ParameterizedTest
    @ValueSource(strings = {"mixed", "mixed-parquet"})
    void rowsOfAllKindsHaveTheAnswersOfTheCommand(String run) throws Exception {
        List<String> good = Cluster.lines(Cluster.FOLDER.resolve("mixed.jsonl")).stream()
                .filter(line -> !line.contains("\"id\": 4") && !line.contains("\"id\": 5"))
                .toList();
        Files.write(Cluster.FOLDER.resolve("good.jsonl"), good);
        Map<Integer, JsonNode> wanted = byId(answers());

        Map<Integer, JsonNode> found = byId(cluster.rows(run));

        assertThat(found.remove(4).get("error").textValue()).contains("token id 99999999999 is not in the vocabulary");
        assertThat(found.remove(5).get("error").textValue()).contains("row 5 has no prompt");
        assertThat(found).isEqualTo(wanted);
        assertThat(wanted.get(2).get("prompt").textValue()).isEqualTo("user: Hello\nassistant:");
    }

    /** The GGUF files among the fixtures have no tokenizer, which is needed after the model was loaded. */
    @Test
    void aDistributedFileIsLoaded() throws Exception {
        assertThat(cluster.rows("gguf")).hasSize(1).allMatch(row -> row.contains("model.gguf has no tokenizer.json"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rows", "errors", "prompt_tokens", "new_tokens"})
    void executorsReportMetrics(String name) throws IOException {
        try (Stream<Path> files = Files.list(Cluster.FOLDER.resolve("metrics"))) {
            long total = files.filter(
                            file -> file.toString().endsWith("dev.touchstone.spark.MetricsPlugin." + name + ".csv"))
                    .mapToLong(ClusterTest::last)
                    .sum();

            assertThat(total).isGreaterThanOrEqualTo(name.equals("errors") ? 4 : Cluster.PROMPTS);
        }
    }

    /** The last value in a file with lines of time and value. */
    private static long last(Path file) {
        List<String> lines = Cluster.lines(file);
        return Long.parseLong(lines.get(lines.size() - 1).split(",")[1]);
    }

    private static List<String> answers() throws Exception {
        String model = Cluster.path("chat-model");
        String rows = Cluster.path("good.jsonl");
        return Cluster.touchstone("generate", "--quiet", "--model", model, "--batch-file", rows, "-n", "4");
    }

    private static Map<Integer, JsonNode> byId(List<String> lines) throws IOException {
        Map<Integer, JsonNode> byId = new TreeMap<>();
        for (String line : lines) {
            JsonNode row = JSON.readTree(line);
            byId.put(row.get("id").intValue(), row);
        }
        return byId;
    }
}
