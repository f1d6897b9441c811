package dev.touchstone.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The page of the benchmarks with made-up results. ci/pages.py opens it in a browser. */
class BenchPageTest {
    private static final Path FOLDER = Path.of(System.getProperty("touchstone.basedir", "."))
            .resolve(System.getProperty("touchstone.reports", "target"))
            .resolve("bench-sample");

    @Test
    void thePageContainsTheReport() throws IOException {
        JsonNode report;
        try (InputStream sample = BenchPageTest.class.getResourceAsStream("sample.json")) {
            report = new ObjectMapper().readTree(sample);
        }

        String page = BenchReport.page(report);

        String data = page.lines()
                .filter(line -> line.startsWith("const report = "))
                .findFirst()
                .orElseThrow();
        assertThat(new ObjectMapper().readTree(data.substring("const report = ".length())))
                .isEqualTo(report);
        assertThat(page).contains("made-up figures \\u003cof no machine>").doesNotContain("/*INCLUDE", "/*DATA*/");
        Files.createDirectories(FOLDER);
        Files.writeString(FOLDER.resolve("index.html"), page);
    }
}
