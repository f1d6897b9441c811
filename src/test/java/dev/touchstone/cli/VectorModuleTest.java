package dev.touchstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ways in which a process loads the Vector API, and its output. */
class VectorModuleTest {
    private static final String EXPORT = "--add-exports=java.base/jdk.internal.module=ALL-UNNAMED";
    private static final String OPTION = "--add-modules=jdk.incubator.vector";

    @TempDir
    private static Path folder;

    private record Run(int exit, String out, String err) {}

    @BeforeAll
    static void writeModel() {
        TinyModel.write(folder.resolve("model"));
    }

    @Test
    void theExportInTheRunnableJarIsEnoughAndPrintsNothing() throws Exception {
        Run run = generateWith(EXPORT);

        assertThat(run.err).isEmpty();
        assertThat(run.exit).isZero();
        assertThat(run.out).isNotEmpty();
    }

    @Test
    void theOptionOfJavaIsAlsoEnough() throws Exception {
        Run run = generateWith(OPTION);

        assertThat(run.err).isEqualToIgnoringNewLines("WARNING: Using incubator modules: jdk.incubator.vector");
        assertThat(run.exit).isZero();
    }

    @Test
    void bothTogetherWork() throws Exception {
        assertThat(generateWith(OPTION, EXPORT).exit).isZero();
    }

    @Test
    void withoutEitherTheVectorKernelsAreRefusedInOneLine() throws Exception {
        Run run = generateWith();

        assertThat(run.exit).isEqualTo(1);
        assertThat(run.err).contains("the vector kernels need the Java module jdk.incubator.vector");
        assertThat(run.err.lines()).hasSize(1);
    }

    /** Runs {@code generate} with the vector kernels in a process with these options of Java. */
    private static Run generateWith(String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(options));
        command.add(0, Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.touchstone.cli.Main"));
        command.addAll(List.of("generate", "--quiet", "--kernels", "vector", "--prompt", "abc", "-n", "2"));
        command.addAll(List.of("--model", folder.resolve("model").toString()));
        Path out = Files.createTempFile(folder, "out", "");
        Path err = Files.createTempFile(folder, "err", "");
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        return new Run(process.waitFor(), Files.readString(out, UTF_8), Files.readString(err, UTF_8));
    }
}
