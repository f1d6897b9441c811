package dev.touchstone.spark;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Submits the jar to a cluster of two executors, each a JVM of its own, and compares its output with that of the
 * command line, byte for byte.
 */
class ClusterTest {
    private static final Path ROOT = Path.of(System.getProperty("touchstone.basedir"));
    private static final String JAR = System.getProperty("spark.jar");
    private static final int PROMPTS = Integer.getInteger("spark.prompts");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> BEGINNINGS = List.of(
            "The king", "Once upon a time", "\u00c9t\u00e9 \u201cthe fox\u201d", "A", "In a dark forest there lived");
    private static final String SETTINGS =
            "{\"do_sample\": true, \"temperature\": 0.9, \"top_k\": 40, \"seed\": 7, \"max_new_tokens\": 10}";

    @TempDir
    private static Path folder;

    private static List<String> expected;

    @BeforeAll
    static void run() throws Exception {
        List<String> prompts = prompts();
        Path file = Files.write(folder.resolve("prompts.jsonl"), prompts);
        List<String> withBadRows = new ArrayList<>(prompts);
        withBadRows.add(prompts.size() / 2, "{\"id\": \"bad-1\", \"prompt\": \"\"}");
        withBadRows.add("{\"id\": \"bad-2\", \"prompt\": \"x\", \"settings\": {\"max_new_tokens\": 100000}}");
        withBadRows.add("{\"prompt\": \"bad-3\"}");
        withBadRows.add("no JSON, bad-4");
        Path all = Files.write(folder.resolve("all.jsonl"), withBadRows);
        Path mixed = Files.write(folder.resolve("mixed.jsonl"), mixed());
        Path model = chatModel(folder.resolve("chat-model"));

        expected = command(
                "generate",
                "--quiet",
                "--batch-file",
                "" + file,
                "--temperature",
                "0.9",
                "--top-k",
                "40",
                "--seed",
                "7",
                "-n",
                "10");
        submit(
                "--class",
                "dev.touchstone.spark.ClusterRuns",
                "--driver-class-path",
                JAR + File.pathSeparator + ROOT.resolve("target/spark/test-classes"),
                JAR,
                "" + all,
                "" + mixed,
                "" + model,
                SETTINGS,
                "" + folder,
                "" + ROOT.resolve("fixtures/tiny-gpt2"),
                "" + ROOT.resolve("fixtures/exercise"),
                "" + folder.resolve("no-fixture"));
    }

    private static List<String> prompts() {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < PROMPTS; i++) {
            ObjectNode row = JSON.createObjectNode().put("id", "row-" + i);
            row.put("prompt", BEGINNINGS.get(i % BEGINNINGS.size()) + " and".repeat(i % 7));
            if (i % 10 == 0) {
                row.putObject("settings").put("max_new_tokens", 3 + i % 20).put("temperature", 0.5);
            }
            lines.add(row.toString());
        }
        return lines;
    }

    /** Rows with token ids, with messages and with fields of other types. */
    private static List<String> mixed() {
        return List.of(
                "{\"id\": 1, \"prompt_ids\": [308, 1207], \"price\": 1.5, \"tags\": [\"a\", \"b\"]}",
                "{\"id\": 2, \"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]}",
                "{\"id\": 3, \"prompt\": \"The fox\", \"price\": 2.0}",
                "{\"id\": 4, \"prompt_ids\": [308, 99999999999]}",
                "{\"id\": 5, \"price\": 7.0}",
                "{\"id\": 6, \"prompt\": \"The fox\", \"settings\": {\"do_sample\": true, \"seed\": 5}}");
    }

    private static Path chatModel(Path model) throws IOException {
        Files.createDirectories(model);
        for (String name : List.of("config.json", "generation_config.json", "model.safetensors", "tokenizer.json")) {
            Files.copy(ROOT.resolve("fixtures/storyteller").resolve(name), model.resolve(name));
        }
        Files.writeString(
                model.resolve("chat_template.jinja"),
                "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}assistant:");
        return model;
    }

    /** The lines that a command prints. */
    private static List<String> command(String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "dev.touchstone.cli.Main"));
        command.addAll(List.of(options));
        return start(new ProcessBuilder(command), folder.resolve("command.out"));
    }

    private static void submit(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(
                List.of(ROOT.resolve("src/spark/spark-submit.sh").toString(), "--master", "local-cluster[2,1,1024]"));
        command.addAll(List.of(arguments));
        start(new ProcessBuilder(command), folder.resolve("submit.out"));
    }

    private static List<String> start(ProcessBuilder builder, Path out) throws Exception {
        Path err = folder.resolve("err.txt");
        Process process = builder.redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .directory(folder.toFile()) // Spark makes a folder named work
                .start();
        try {
            boolean ended = process.waitFor(20, TimeUnit.MINUTES);
            assertThat(ended && process.exitValue() == 0)
                    .as(() -> builder.command() + "\n" + tail(err))
                    .isTrue();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        return Files.readAllLines(out);
    }

    private static String tail(Path file) {
        List<String> lines = lines(file);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 60), lines.size()));
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"partitions-1", "partitions-2", "partitions-7", "partitions-64", "killed"})
    void eachRunHasTheRowsOfTheCommandOnceByteForByte(String run) throws IOException {
        List<String> good = answers(run).stream()
                .filter(line -> !line.contains("\"error\":"))
                .sorted()
                .toList();

        assertThat(good).isEqualTo(expected.stream().sorted().toList());
        assertThat(good).hasSize(PROMPTS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"partitions-1", "partitions-64", "killed"})
    void badRowsHaveAnError(String run) throws IOException {
        List<String> bad = answers(run).stream()
                .filter(line -> line.contains("\"error\":"))
                .sorted()
                .toList();

        assertThat(bad).hasSize(4);
        assertThat(bad.get(0)).contains("no JSON, bad-4", "the line is no JSON object");
        assertThat(bad.get(1)).contains("bad-1", "the prompt is empty");
        assertThat(bad.get(2)).contains("bad-2", "100000 new tokens were requested");
        assertThat(bad.get(3)).contains("bad-3", "the row has no id");
    }

    @Test
    void bothExecutorsGenerate() throws IOException {
        assertThat(what("partitions-64")).containsEntry("executors", "2").containsEntry("succeeded", "64");
    }

    @Test
    void aKilledExecutorCostsAtMostThePartitionsInFlight() throws IOException {
        assertThat(what("killed")).containsEntry("lost", "1").containsEntry("repeated", "0");
    }

    @Test
    void anotherModelOnAnExecutorFailsTheJob() throws IOException {
        assertThat(Files.readString(folder.resolve("other-model.txt")))
                .contains("the model storyteller on this executor has the digest", "expected 0000");
    }

    /** Parquet, a model that has a path on all machines, and all kinds of prompts. */
    @Test
    void rowsOfAllKindsHaveTheAnswersOfTheCommand() throws Exception {
        List<String> good = mixed().stream()
                .filter(line -> !line.contains("\"id\": 4") && !line.contains("\"id\": 5"))
                .toList();
        Path file = Files.write(folder.resolve("good.jsonl"), good);
        Map<Integer, JsonNode> wanted = byId(command(
                "generate",
                "--quiet",
                "--model",
                "" + folder.resolve("chat-model"),
                "--batch-file",
                "" + file,
                "-n",
                "4"));

        Map<Integer, JsonNode> found = byId(answers("mixed"));

        assertThat(found.remove(4).get("error").textValue()).contains("token id 99999999999 is not in the vocabulary");
        assertThat(found.remove(5).get("error").textValue()).contains("row 5 has no prompt");
        assertThat(found).isEqualTo(wanted);
        assertThat(wanted.get(2).get("prompt").textValue()).isEqualTo("user: Hello\nassistant:");
    }

    @Test
    void aSweepHasTheNumbersOfTheCommandForEveryTap() throws Exception {
        Path report = folder.resolve("parity.json");
        command(
                "parity",
                "--quiet",
                "--json",
                "" + report,
                "" + ROOT.resolve("fixtures/tiny-gpt2"),
                "" + ROOT.resolve("fixtures/exercise"));
        Map<String, JsonNode> wanted = new TreeMap<>();
        for (JsonNode fixture : JSON.readTree(report.toFile()).get("fixtures")) {
            for (JsonNode one : fixture.get("cases")) {
                for (JsonNode tap : one.get("taps")) {
                    wanted.put(
                            String.join(
                                    " ",
                                    fixture.get("name").textValue(),
                                    one.get("name").textValue(),
                                    tap.get("name").textValue()),
                            tap);
                }
            }
        }

        int compared = 0;
        for (String line : answers("sweep")) {
            JsonNode row = JSON.readTree(line);
            if (row.has("error")) {
                assertThat(row.get("fixture").textValue()).endsWith("no-fixture");
                continue;
            }
            String name = Path.of(row.get("fixture").textValue()).getFileName().toString();
            JsonNode tap = wanted.get(String.join(
                    " ", name, row.get("prompt").textValue(), row.get("tap").textValue()));
            for (String number : List.of("ratio", "rms", "pytorch_rms", "max", "pytorch_max", "local_max")) {
                assertThat(row.get(number)).as(line).isEqualTo(tap.get(number));
            }
            assertThat(row.get("verdict")).isEqualTo(tap.get("verdict"));
            compared++;
        }

        assertThat(compared).isEqualTo(wanted.size()).isGreaterThan(200);
        assertThat(answers("sweep")).hasSize(compared + 1);
        assertThat(Files.readString(folder.resolve("sweep.html")))
                .contains("tiny-gpt2", "exercise", "Touchstone on Spark");
    }

    private static Map<Integer, JsonNode> byId(List<String> lines) throws IOException {
        Map<Integer, JsonNode> byId = new TreeMap<>();
        for (String line : lines) {
            JsonNode row = JSON.readTree(line);
            byId.put(row.get("id").intValue(), row);
        }
        return byId;
    }

    private static List<String> answers(String run) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve(run))) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .flatMap(file -> lines(file).stream())
                    .toList();
        }
    }

    private static Properties what(String run) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(folder.resolve(run + ".properties"))) {
            properties.load(reader);
        }
        return properties;
    }
}
