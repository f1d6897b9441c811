package dev.touchstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests that need a separate process: exit codes, encodings, pipes. */
class ProcessTest {
    @TempDir
    private static Path folder;

    @BeforeAll
    static void writeModel() {
        TinyModel.write(folder);
    }

    @Test
    void theProcessHasTheExitCode() throws Exception {
        assertThat(start("tokenize", "--model", "" + folder, "a").waitFor()).isZero();
        assertThat(start("tokenize", "--model", folder + "/nowhere", "a").waitFor())
                .isEqualTo(1);
        assertThat(start("tokenize", "--color", "a").waitFor()).isEqualTo(2);
    }

    @Test
    void textIsUtf8InEveryLocale() throws Exception {
        ProcessBuilder builder =
                builder("tokenize", "--model", "" + folder, "--ids", "195,169,240,159,152,128", "--json");
        builder.environment().put("LC_ALL", "C");

        Process process = builder.start();

        String out = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(out).startsWith("{\"text\":\"\u00e9\uD83D\uDE00\"");
    }

    @Test
    void aClosedPipeEndsTheProcessQuietly() throws Exception {
        Path err = folder.resolve("err");
        ProcessBuilder builder = builder(
                "generate",
                "--model",
                "" + folder,
                "--prompt",
                "abc",
                "--window",
                "slide",
                "-n",
                "100000",
                "--kernels",
                "scalar");

        Process process = builder.redirectError(err.toFile()).start();
        process.getInputStream().readNBytes(20);
        process.getInputStream().close();

        assertThat(process.waitFor()).isZero();
        assertThat(err).isEmptyFile();
    }

    private static Process start(String... args) throws IOException {
        return builder(args)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static ProcessBuilder builder(String... args) {
        return new ProcessBuilder(MainProcess.command(args));
    }
}
