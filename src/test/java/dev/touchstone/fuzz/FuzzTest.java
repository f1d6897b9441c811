package dev.touchstone.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.checkpoint.CheckpointTargets;
import dev.touchstone.cli.CommandLineTarget;
import dev.touchstone.fuzz.Fuzzer.Result;
import dev.touchstone.fuzz.Guard.Outcome;
import dev.touchstone.parity.ParityTargets;
import dev.touchstone.support.RunsBesideOthers;
import dev.touchstone.support.Scoreboard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Reads every input of the corpus, and then new inputs for {@code -Dfuzz.seconds} (default 60) with the seed
 * {@code -Dfuzz.seed} (default: a new one in each run). {@code -Dfuzz.keep} writes inputs with a new outcome, for the corpus.
 */
@Tag("fuzz")
@Order(2)
@RunsBesideOthers
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FuzzTest {
    private static final Duration LONGEST_READING = Duration.ofSeconds(20);
    private static final double SECONDS = Double.parseDouble(property("fuzz.seconds", "60"));
    private static final long SEED = Long.parseLong(property("fuzz.seed", "" + (System.nanoTime() & 0xFFFF_FFFFL)));
    private static final String ONLY = property("fuzz.target", "");
    private static final boolean KEEP = !property("fuzz.keep", "").isEmpty();

    private final List<Target> targets = new ArrayList<>();

    FuzzTest(@TempDir Path folder) throws IOException {
        targets.addAll(CheckpointTargets.all(Files.createDirectory(folder.resolve("checkpoint"))));
        targets.add(ParityTargets.in(Files.createDirectory(folder.resolve("parity"))));
        targets.add(CommandLineTarget.in(Files.createDirectory(folder.resolve("cli"))));
        targets.removeIf(target -> !ONLY.isEmpty() && !target.name().equals(ONLY));
        assertThat(targets).as("targets that fuzz.target names").isNotEmpty();
    }

    /** Maven passes unset properties as empty strings. */
    private static String property(String name, String otherwise) {
        String value = System.getProperty(name, "");
        return value.isEmpty() ? otherwise : value;
    }

    @TestFactory
    @Execution(ExecutionMode.SAME_THREAD)
    Stream<DynamicTest> everyInputOfTheCorpusIsReadOrRefused() {
        return targets.stream()
                .flatMap(target -> Corpus.of(target).stream()
                        .map(file -> DynamicTest.dynamicTest(target.name() + " " + file.getFileName(), () -> {
                            try (Guard guard = new Guard(LONGEST_READING)) {
                                Outcome outcome = guard.read(target, Corpus.read(file));

                                assertThat(outcome.failure()).as("%s", file).isNull();
                            }
                            Scoreboard.replayed();
                        })));
    }

    @TestFactory
    @Execution(ExecutionMode.SAME_THREAD)
    Stream<DynamicTest> everyNewInputIsReadOrRefused() {
        double shares = targets.stream().mapToInt(Target::share).sum();
        return targets.stream()
                .map(target -> DynamicTest.dynamicTest(target.name() + " with seed " + SEED, () -> {
                    Fuzzer fuzzer = new Fuzzer(target, Corpus.FOUND, LONGEST_READING);
                    List<byte[]> known =
                            Corpus.of(target).stream().map(Corpus::read).toList();

                    long end = System.nanoTime() + (long) (1e9 * SECONDS * target.share() / shares);
                    Result result = fuzzer.run(known, SEED, () -> System.nanoTime() < end);

                    Scoreboard.fuzzed(result.inputs(), result.reasons(), SEED);
                    if (KEEP) {
                        fuzzer.interesting().forEach(input -> Corpus.write(Corpus.NEW, target, input));
                    }
                    assertThat(String.join(System.lineSeparator(), result.failures()))
                            .isEmpty();
                    assertThat(result.inputs()).isGreaterThan(known.size());
                }));
    }
}
