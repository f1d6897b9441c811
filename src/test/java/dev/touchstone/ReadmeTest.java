package dev.touchstone;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.server.AccessLog;
import dev.touchstone.server.Server;
import dev.touchstone.server.ServerOptions;
import dev.touchstone.serving.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the Java code in the README. ci/readme.py runs the commands. */
class ReadmeTest {
    /** A block of imports and statements, and the block with its output. */
    private static final Pattern EXAMPLE =
            Pattern.compile("```java\n((?:import [^\n]*\n)+)\n(.*?)```\n+```text\n(.*?)\\s*```", Pattern.DOTALL);

    private static final Pattern DEPENDENCY = Pattern.compile("```xml\n(<dependency>.*?)```", Pattern.DOTALL);
    private static final Path ROOT = Path.of(System.getProperty("touchstone.basedir", "."));

    @TempDir
    private Path folder;

    /** A program in the README, and its output. */
    private record Example(String imports, String body, String printed) {}

    private static List<Example> examples() throws IOException {
        List<Example> examples = EXAMPLE.matcher(Files.readString(ROOT.resolve("README.md")))
                .results()
                .map(found -> new Example(found.group(1), found.group(2), found.group(3)))
                .toList();
        assertThat(examples).as("the library's example, and the client's").hasSize(2);
        return examples;
    }

    @Test
    void theLibraryExamplePrintsTheOutputInTheReadme() throws Exception {
        Example example = examples().get(0);

        assertThat(run(example)).isEqualTo(example.printed);
        assertThat(example.body.strip().lines()).hasSizeLessThanOrEqualTo(5);
    }

    /** Only the address differs: a server on a free port instead of the default one. */
    @Test
    void theExampleOfAClientPrintsTheOutputInTheReadme() throws Exception {
        Example example = examples().get(1);
        String address = "http://localhost:" + ServerOptions.defaults().port() + "/";
        assertThat(example.body).contains(address);

        try (LanguageModel model = LanguageModel.storyteller();
                Server server = Server.open(ServerOptions.defaults().withPort(0), AccessLog.none())) {
            server.serve(model, Limits.defaults(), CompletableFuture.completedFuture("0".repeat(64)));
            String body = example.body.replace(address, "http://localhost:" + server.port() + "/");

            assertThat(run(new Example(example.imports, body, ""))).isEqualTo(example.printed);
        }
    }

    /** Compiles and runs a program in a process of its own. Returns what it prints. */
    private String run(Example example) throws Exception {
        Path source = Files.writeString(
                folder.resolve("Example.java"),
                example.imports + "class Example {\n    public static void main(String[] args) {\n" + example.body
                        + "    }\n}\n");
        Path err = folder.resolve("err");
        Process java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-modules",
                        "jdk.incubator.vector",
                        "-cp",
                        System.getProperty("java.class.path"),
                        source.toString())
                .redirectError(err.toFile())
                .start();
        String printed = new String(java.getInputStream().readAllBytes(), UTF_8);
        assertThat(java.waitFor()).as(Files.readString(err)).isZero();
        return printed.strip();
    }

    /** ci/consumer.sh builds and runs it. */
    @Test
    void theConsumerProjectContainsTheExample() throws Exception {
        String readme = Files.readString(ROOT.resolve("README.md"));
        Matcher dependency = DEPENDENCY.matcher(readme);
        Example example = examples().get(0);
        assertThat(dependency.find()).isTrue();
        Path consumer = ROOT.resolve("src/it/consumer");

        assertThat(Files.readString(consumer.resolve("pom.xml")))
                .containsIgnoringWhitespaces(dependency.group(1))
                .doesNotContain("<plugin>");
        assertThat(Files.readString(consumer.resolve("src/main/java/consumer/Fox.java")))
                .contains(example.imports)
                .containsIgnoringWhitespaces(example.body.strip().replaceFirst("}$", ""));
    }
}
