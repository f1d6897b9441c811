package dev.touchstone.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.fuzz.Fuzzer.Result;
import dev.touchstone.util.TouchstoneException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The fuzzer must find each kind of failure in a reader of JSON. */
class FuzzerTest {
    private static final byte[] SEED = "{\"name\": \"abc\", \"size\": 3}".getBytes(UTF_8);

    @TempDir
    private Path found;

    @Test
    void findsAnUnexpectedExceptionAndMinimizesItsInput() throws IOException {
        Result result = fuzz(input -> {
            if (new String(input, UTF_8).contains("2147483647")) {
                throw new ArithmeticException("integer overflow");
            }
            return "read";
        });

        assertThat(result.failures()).hasSize(1);
        assertThat(result.failures().get(0)).contains("integer overflow", "the input is " + found, "copy it to");
        assertThat(written()).containsExactly("2147483647");
    }

    @Test
    void findsAHang() {
        Result result = fuzz(input -> {
            while (new String(input, UTF_8).contains("null")) {
                Thread.sleep(10);
            }
            return "read";
        });

        assertThat(result.failures()).hasSize(1);
        assertThat(result.failures().get(0)).contains("still reading after");
    }

    @Test
    void findsExcessiveUseOfMemory() {
        Result result = fuzz(input -> {
            boolean claims = new String(input, UTF_8).contains("1000000000000");
            return "read " + new byte[claims ? 100 << 20 : 1].length;
        });

        assertThat(result.failures()).hasSize(1);
        assertThat(result.failures().get(0)).contains("bytes allocated for");
    }

    @Test
    void findsAStackOverflow() {
        Result result = fuzz(input -> new String(input, UTF_8).contains("[[[") ? "" + endless(0) : "read");

        assertThat(result.failures()).isNotEmpty();
        assertThat(result.failures().get(0)).contains("StackOverflowError");
    }

    @Test
    void keepsAnInputThatIsRefusedForANewReason() {
        Fuzzer fuzzer = fuzzer(input -> {
            String text = new String(input, UTF_8);
            if (!text.contains("name")) {
                throw new TouchstoneException("no name");
            }
            if (!text.contains("size")) {
                throw new TouchstoneException("no size");
            }
            return "read";
        });

        Result result = fuzzer.run(List.of(), 1, inputs(2000));

        assertThat(result.failures()).isEmpty();
        assertThat(result.reasons()).isEqualTo(3);
        assertThat(fuzzer.interesting().stream().map(input -> new String(input, UTF_8)))
                .contains("", "name", "namesize");
        assertThat(result.inputs()).isEqualTo(2001);
    }

    @Test
    void theSameSeedGivesTheSameInputs() {
        StringBuilder first = new StringBuilder();
        StringBuilder second = new StringBuilder();

        fuzzer(input -> "read " + first.append(new String(input, UTF_8)).length())
                .run(List.of(), 5, inputs(300));
        fuzzer(input -> "read " + second.append(new String(input, UTF_8)).length())
                .run(List.of(), 5, inputs(300));

        assertThat(first).hasSizeGreaterThan(1000).hasToString(second.toString());
    }

    private static BooleanSupplier inputs(int count) {
        AtomicInteger made = new AtomicInteger();
        return () -> made.getAndIncrement() < count;
    }

    private Result fuzz(Target.Reader reader) {
        return fuzzer(reader).run(List.of(), 1, inputs(5000));
    }

    private Fuzzer fuzzer(Target.Reader reader) {
        Target target = new Target("planted", 1, 1 << 20, List.of(SEED), JsonTrees.ANY, reader);
        return new Fuzzer(target, found, Duration.ofSeconds(3));
    }

    private List<String> written() throws IOException {
        try (Stream<Path> files = Files.list(found.resolve("planted"))) {
            return files.map(file -> new String(Corpus.read(file), UTF_8)).toList();
        }
    }

    private static int endless(int depth) {
        return 1 + endless(depth + 1);
    }
}
