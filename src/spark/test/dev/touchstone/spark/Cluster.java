package dev.touchstone.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Submits the jar with {@link ClusterRuns} to clusters of two executors, each a JVM of its own. The files and the logs
 * stay in target/spark/cluster.
 */
final class Cluster {
    static final Path ROOT = Path.of(System.getProperty("touchstone.basedir"));
    static final Path FOLDER = ROOT.resolve("target/spark/cluster");
    static final int PROMPTS = Integer.getInteger("spark.prompts");

    private static final Path JAR = Path.of(System.getProperty("spark.jar"));
    private static final String SETTINGS =
            "{\"do_sample\": true, \"temperature\": 0.9, \"top_k\": 40, \"seed\": 7, \"max_new_tokens\": 4}";

    private static Cluster done;

    private Cluster() {}

    /** The results of all runs, which happen at the first call. */
    static synchronized Cluster results() throws Exception {
        if (done == null) {
            clear();
            new Inputs(ROOT, FOLDER, PROMPTS).write();
            submit();
            done = new Cluster();
        }
        return done;
    }

    private static void clear() throws IOException {
        if (Files.exists(FOLDER)) {
            try (Stream<Path> files = Files.walk(FOLDER)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        Files.createDirectories(FOLDER.resolve("metrics"));
    }

    private static void submit() throws Exception {
        List<String> command = new ArrayList<>(
                List.of(ROOT.resolve("src/spark/spark-submit.sh").toString()));
        command.addAll(List.of("--master", "local-cluster[2,1,1024]"));
        command.addAll(List.of("--files", path("model.gguf"), "--archives", path("chat-model.zip") + "#chat"));
        String sink = "spark.metrics.conf.executor.sink.csv.";
        for (String setting : List.of(
                "spark.plugins=dev.touchstone.spark.MetricsPlugin",
                sink + "class=org.apache.spark.metrics.sink.CsvSink",
                sink + "period=1",
                sink + "directory=" + path("metrics"))) {
            command.addAll(List.of("--conf", setting));
        }
        command.addAll(List.of("--class", "dev.touchstone.spark.ClusterRuns"));
        command.addAll(
                List.of("--driver-class-path", JAR + File.pathSeparator + ROOT.resolve("target/spark/test-classes")));
        command.addAll(List.of(JAR.toString(), FOLDER.toString(), SETTINGS));
        start(new ProcessBuilder(command), "submit");
    }

    /** The path of one of the files. */
    static String path(String name) {
        return FOLDER.resolve(name).toString();
    }

    /** The lines that {@code touchstone} prints. */
    static List<String> touchstone(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "dev.touchstone.cli.Main"));
        command.addAll(List.of(arguments));
        return start(new ProcessBuilder(command), "touchstone");
    }

    private static List<String> start(ProcessBuilder builder, String log) throws Exception {
        Path out = FOLDER.resolve(log + ".out");
        Path err = FOLDER.resolve(log + ".err");
        Process process = builder.redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .directory(FOLDER.toFile()) // Spark makes a folder named work
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

    /** The lines of all files of a run's output. */
    List<String> rows(String run) throws IOException {
        try (Stream<Path> files = Files.list(FOLDER.resolve(run))) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .flatMap(file -> lines(file).stream())
                    .toList();
        }
    }

    /** What the cluster did in a run. */
    Properties events(String run) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(FOLDER.resolve(run + ".properties"))) {
            properties.load(reader);
        }
        return properties;
    }

    static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
