package dev.touchstone;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the Java code in the README. ci/readme.py runs the commands. */
class ReadmeTest {
    /** A block of imports and statements, and the block with its output. */
    private static final Pattern EXAMPLE = Pattern.compile(
            "```java\n(?<imports>(?:import .*\n)+)\n(?<body>.*?)```\n+```text\n(?<printed>.*?)```", Pattern.DOTALL);

    private static final Pattern DEPENDENCY = Pattern.compile("```xml\n(<dependency>.*?)```", Pattern.DOTALL);
    private static final Path ROOT = Path.of(System.getProperty("touchstone.basedir", "."));

    @TempDir
    private Path folder;

    @Test
    void theLibraryExamplePrintsTheOutputInTheReadme() throws Exception {
        Matcher example = EXAMPLE.matcher(Files.readString(ROOT.resolve("README.md")));
        assertThat(example.find()).isTrue();
        Path source = Files.writeString(
                folder.resolve("Example.java"),
                example.group("imports") + "class Example {\n    public static void main(String[] args) {\n"
                        + example.group("body") + "    }\n}\n");
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
        assertThat(printed.strip()).isEqualTo(example.group("printed").strip());
        assertThat(example.group("body").strip().lines()).hasSizeLessThanOrEqualTo(5);
    }

    /** ci/consumer.sh builds and runs it. */
    @Test
    void theConsumerProjectContainsTheExample() throws Exception {
        String readme = Files.readString(ROOT.resolve("README.md"));
        Matcher dependency = DEPENDENCY.matcher(readme);
        Matcher example = EXAMPLE.matcher(readme);
        assertThat(dependency.find()).isTrue();
        assertThat(example.find()).isTrue();
        Path consumer = ROOT.resolve("src/it/consumer");

        assertThat(Files.readString(consumer.resolve("pom.xml")))
                .containsIgnoringWhitespaces(dependency.group(1))
                .doesNotContain("<plugin>");
        assertThat(Files.readString(consumer.resolve("src/main/java/consumer/Fox.java")))
                .contains(example.group("imports"))
                .containsIgnoringWhitespaces(example.group("body").strip().replaceFirst("}$", ""));
    }
}
