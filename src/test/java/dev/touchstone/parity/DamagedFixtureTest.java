package dev.touchstone.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.support.Fixtures;
import dev.touchstone.util.TouchstoneException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A damaged fixture is one failing test; the other fixtures are still tested. */
class DamagedFixtureTest {
    private static final Fixture VALID = Fixtures.named("tiny-gpt2");

    @TempDir
    private Path root;

    @Test
    void aDamagedCaseFailsAlone() throws IOException {
        Fixture damaged = copy("damaged-case");
        Path file = damaged.cases().get(0);
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));

        Outcome outcome = run(damaged, VALID);

        assertThat(outcome.failures).singleElement().isInstanceOf(TouchstoneException.class);
        assertThat(outcome.cases).isEqualTo(2 * VALID.cases().size() - 1);
        assertThat(outcome.passed).isGreaterThan(VALID.cases().size() * 37);
    }

    @Test
    void aFixtureWithoutCasesFailsAlone() throws IOException {
        Fixture damaged = copy("no-cases");
        for (Path file : damaged.cases()) {
            Files.delete(file);
        }

        Outcome outcome = run(damaged, VALID);

        assertThat(outcome.failures)
                .singleElement()
                .satisfies(failure -> assertThat(failure)
                        .isInstanceOf(TouchstoneException.class)
                        .hasMessageContaining("no case found"));
        assertThat(outcome.cases).isEqualTo(VALID.cases().size());
    }

    private record Outcome(int cases, int passed, List<Throwable> failures) {}

    private static Outcome run(Fixture... fixtures) {
        List<String> cases = new ArrayList<>();
        GoldenTests tests = new GoldenTests("", (fixture, name, result) -> cases.add(name));
        List<Throwable> failures = new ArrayList<>();
        int passed = 0;
        for (DynamicTest test : Arrays.stream(fixtures)
                .map(tests::of)
                .flatMap(DamagedFixtureTest::leaves)
                .toList()) {
            try {
                test.getExecutable().execute();
                passed++;
            } catch (Throwable e) {
                failures.add(e);
            }
        }
        return new Outcome(cases.size(), passed, failures);
    }

    private static Stream<DynamicTest> leaves(DynamicNode node) {
        return node instanceof DynamicContainer container
                ? container.getChildren().flatMap(DamagedFixtureTest::leaves)
                : Stream.of((DynamicTest) node);
    }

    private Fixture copy(String name) throws IOException {
        Path folder = root.resolve(name);
        try (Stream<Path> files = Files.walk(VALID.folder())) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(VALID.folder().relativize(file).toString()));
            }
        }
        return new Fixture(folder);
    }
}
