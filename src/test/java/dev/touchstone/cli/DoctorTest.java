package dev.touchstone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.checkpoint.HubCache;
import dev.touchstone.cli.Finding.Mark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The findings of the doctor on machines where something is missing. */
class DoctorTest {
    private static final long GIB = 1L << 30;

    @TempDir
    private Path folder;

    private Path javac;

    @BeforeEach
    void installJava() throws IOException {
        javac = Files.createFile(
                Files.createDirectories(folder.resolve("jdk/bin")).resolve("javac"));
    }

    @Test
    void thisMachineHasNoProblems() {
        Cli cli = Cli.run("doctor");

        assertThat(cli.exit()).as(cli.out()).isZero();
        assertThat(cli.out().lines().map(line -> line.split(" +")[1]))
                .containsExactly("Java", "vectors", "threads", "memory", "storyteller", "hub", "oracle");
        assertThat(cli.out())
                .contains("ok   Java         " + Runtime.version().feature() + " (")
                .containsPattern("ok   vectors      (64|128|256|512) bits\n")
                .contains("ok   storyteller  runs; scalar and vector kernels give identical results\n")
                .contains("ok   oracle       libtorch and tokenizers");
        assertThat(cli.err().strip()).isEqualTo("no problems found");
    }

    @Test
    void withoutVectorsItSaysHowToGetThem() {
        Finding finding = finding(machine("17", 0, 4 * GIB), "vectors");

        assertThat(finding.mark()).isEqualTo(Mark.WRONG);
        assertThat(finding)
                .hasToString(
                        "BAD  vectors      none, so the slow scalar kernels are used; start java with --add-modules"
                                + " jdk.incubator.vector, as the launcher touchstone does");
    }

    @Test
    void anOldJavaIsAnErrorAndAJavaWithoutCompilerRunsButDoesNotBuild() throws IOException {
        assertThat(finding(machine("11.0.2", 256, 4 * GIB), "Java").toString())
                .startsWith("BAD  Java         11 (11.0.2) in ")
                .endsWith("; install a JDK, 17 or later, and set JAVA_HOME to it");
        assertThat(finding(machine("21", 256, 4 * GIB), "Java").mark()).isEqualTo(Mark.OK);

        Files.delete(javac);

        assertThat(finding(machine("21", 256, 4 * GIB), "Java").toString())
                .startsWith("--   Java ")
                .endsWith(" has no javac; install a JDK to build and test the program");
    }

    @Test
    void littleMemoryIsReportedWithTheOptionForMore() {
        assertThat(finding(machine("17", 256, 40 << 20), "memory").toString())
                .isEqualTo("BAD  memory       40 MiB for Java, of 8192 MiB; allow more, for example with"
                        + " TOUCHSTONE_JAVA_OPTS=-Xmx8g");
        assertThat(finding(machine("17", 256, 512 << 20), "memory").mark()).isEqualTo(Mark.MISSING);
        assertThat(finding(machine("17", 256, 2 * GIB), "memory").mark()).isEqualTo(Mark.OK);
    }

    @Test
    void theModelsInTheHubCacheAreListedWithTheirFolder() throws IOException {
        Path cache = folder.resolve(".cache/huggingface/hub");
        assertThat(finding(machine("17", 256, GIB), "hub cache").toString())
                .isEqualTo(
                        "--   hub cache    no model in " + cache + "; to get one: hf download openai-community/gpt2");

        Path whole = Files.createDirectories(cache.resolve("models--a--whole/snapshots/1"));
        Files.createFile(whole.resolve("config.json"));
        Files.createFile(whole.resolve("model.safetensors"));
        Files.createFile(Files.createDirectories(cache.resolve("models--b--half/snapshots/1"))
                .resolve("config.json"));
        Files.createDirectories(cache.resolve("datasets--c--none"));

        assertThat(finding(machine("17", 256, GIB), "hub cache").toString())
                .isEqualTo("ok   hub cache    a/whole, b/half (incomplete) in " + cache
                        + "; touchstone models says which of them run");
    }

    @Test
    void withoutTheLibrariesOfTheOracleItSaysHowToGetThem() {
        assertThat(finding(machine("17", 256, GIB), "oracle").toString())
                .isEqualTo("--   oracle       no libtorch, no tokenizers, needed by the tests, in " + folder
                        + "; mvn verify downloads them");
    }

    private Machine machine(String java, int vectorBits, long heap) {
        return new Machine(Runtime.Version.parse(java), folder.resolve("jdk"), vectorBits, 2, heap, 8 * GIB, folder);
    }

    private Finding finding(Machine machine, String subject) {
        HubCache cache = new HubCache(Map.of(), folder);
        return new Checkup(machine, cache)
                .findings().stream()
                        .filter(finding -> finding.subject().equals(subject))
                        .findFirst()
                        .orElseThrow();
    }
}
