package dev.touchstone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Ctrl-C as a signal to a running process: it exits with 130 and leaves no incomplete file. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows has no signals")
class InterruptTest {
    private static final int INTERRUPTED = 130;

    @TempDir
    private Path folder;

    private Path model;
    private Path out;

    @BeforeEach
    void writeModel() {
        model = TinyModel.write(folder.resolve("model"));
        out = folder.resolve("out");
    }

    @Test
    void duringGeneration() throws Exception {
        Process process =
                start("generate", "--model", "" + model, "-p", "abc", "--window", "slide", "-n", "2000000000");
        process.getInputStream().readNBytes(20);

        interrupt(process);

        assertThat(process.exitValue()).isEqualTo(INTERRUPTED);
    }

    /** The temporary file is a pipe of which only the beginning is read, so the process blocks while it writes. */
    @Test
    void whileAFileIsWritten() throws Exception {
        Path beside = folder.resolve("out.new");
        assertThat(new ProcessBuilder("mkfifo", "" + beside).start().waitFor()).isZero();
        Files.writeString(out, "what was there before");
        Process process = start("trace", "--model", "" + model, "-p", "the quick brown fox", "--out", "" + out);
        try (InputStream pipe = Files.newInputStream(beside)) {
            assertThat(pipe.readNBytes(1000)).hasSize(1000);

            interrupt(process);
        }

        assertThat(process.exitValue()).isEqualTo(INTERRUPTED);
        assertThat(beside).doesNotExist();
        assertThat(out).hasContent("what was there before");
    }

    @Test
    void aBatchIsContinued() throws Exception {
        Path prompts = Files.writeString(folder.resolve("prompts.jsonl"), "\"the\"\n\"then\"\n\"abc\"\n".repeat(100));
        String[] batch = {
            "generate", "--model", "" + model, "--batch-file", "" + prompts, "--batch-size", "3", "-n", "9", "--out"
        };
        Process process = start(with(batch, "" + out));
        Path part = folder.resolve("out.part");
        while (process.isAlive() && !(Files.exists(part) && Files.size(part) > 2000)) {
            Thread.sleep(5);
        }

        interrupt(process);

        assertThat(process.exitValue()).isEqualTo(INTERRUPTED);
        assertThat(out).doesNotExist();
        assertThat(folder.resolve("out.new")).doesNotExist();
        Cli rest = Cli.run(with(batch, "" + out));
        assertThat(rest.exit()).as(rest.err()).isZero();
        assertThat(rest.err()).contains("continuing: ");
        assertThat(part).doesNotExist();
        Path whole = folder.resolve("whole");
        assertThat(Cli.run(with(batch, "" + whole)).exit()).isZero();
        assertThat(out).hasSameTextualContentAs(whole);
    }

    private static String[] with(String[] command, String last) {
        String[] all = java.util.Arrays.copyOf(command, command.length + 1);
        all[command.length] = last;
        return all;
    }

    private static void interrupt(Process process) throws Exception {
        assertThat(process.isAlive()).isTrue();
        assertThat(new ProcessBuilder("kill", "-INT", "" + process.pid())
                        .start()
                        .waitFor())
                .isZero();
        boolean ended = process.waitFor(60, TimeUnit.SECONDS);
        process.destroyForcibly();
        assertThat(ended).isTrue();
    }

    /** Starts a process that handles Ctrl-C, also if a shell started this process in the background, which ignores it. */
    private Process start(String... args) throws IOException {
        List<String> command = new ArrayList<>();
        if (OS.current() == OS.LINUX) {
            command.addAll(List.of("env", "--default-signal=INT"));
        }
        command.addAll(MainProcess.command(args));
        return new ProcessBuilder(command)
                .redirectError(folder.resolve("err").toFile())
                .start();
    }
}
