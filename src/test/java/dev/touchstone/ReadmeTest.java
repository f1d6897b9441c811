package dev.touchstone;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java of the README. ci/readme.py runs its commands. */
class ReadmeTest {
    /** Imports, statements, and what they print. */
    private static final Pattern EXAMPLE = Pattern.compile(
            "```java\n(?<imports>(?:import .*\n)+)\n(?<body>.*?)```\n+```text\n(?<printed>.*?)```", Pattern.DOTALL);

    @TempDir
    private Path folder;

    @Test
    void theExampleOfTheLibraryCompilesAndPrintsWhatTheReadmeSays() throws Exception {
        Matcher example =
                EXAMPLE.matcher(Files.readString(Path.of(System.getProperty("touchstone.basedir", "."), "README.md")));
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
}
