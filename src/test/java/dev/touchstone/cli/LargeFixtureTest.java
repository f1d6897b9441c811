package dev.touchstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.cli.TinyModel.Sizes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goldens are read one tap at a time, so a fixture may be larger than memory. */
class LargeFixtureTest {
    /** With the serial collector 23 are enough. With G1, which needs free regions side by side for a large array, that is chance. */
    private static final int HEAP_MEGABYTES = 28;

    private static final int[] IDS = IntStream.range(0, 256).toArray();

    @TempDir
    private Path folder;

    @Test
    void onlyOneTapIsInMemory() throws Exception {
        Path fixture = TinyModel.write(folder.resolve("large"), new Sizes(64, 4, 9, IDS.length), 1);
        Path goldens = TinyFixture.write(fixture, IDS);
        assertThat(Files.size(goldens)).isGreaterThan(3L * HEAP_MEGABYTES << 20);

        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + HEAP_MEGABYTES + "m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.touchstone.cli.Main",
                        "parity",
                        "--quiet",
                        "--kernels=scalar",
                        fixture.toString()))
                .redirectErrorStream(true)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), UTF_8);

        assertThat(process.waitFor()).as(out).isZero();
        assertThat(out).contains("149 taps compared, 0 wrong");
    }
}
