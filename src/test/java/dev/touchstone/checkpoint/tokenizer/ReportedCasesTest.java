package dev.touchstone.checkpoint.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.touchstone.tokenizer.OracleCount;
import dev.touchstone.tokenizer.Tokenizer;
import dev.touchstone.util.TouchstoneException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Folders after public bug reports, with the ids and texts that AutoTokenizer of transformers 5.23 (tokenizers 0.23) gives,
 * or the error that it raises.
 */
class ReportedCasesTest {
    private static final Path CASES = Path.of(System.getProperty("touchstone.basedir", "."))
            .resolve("src/test/resources/dev/touchstone/checkpoint/tokenizer/cases");

    /** A random choice of merges. */
    private static final Set<String> REFUSED = Set.of("dropout-01");

    @TestFactory
    Stream<DynamicTest> aFolderGivesWhatAutoTokenizerGives() throws IOException {
        try (Stream<Path> folders = Files.list(CASES)) {
            List<Path> sorted = folders.sorted().toList();
            assertThat(sorted).hasSizeGreaterThanOrEqualTo(59);
            return sorted.stream()
                    .map(folder -> DynamicTest.dynamicTest(folder.getFileName().toString(), () -> compare(folder)));
        }
    }

    private static void compare(Path folder) throws IOException {
        JsonNode expected =
                new ObjectMapper().readTree(folder.resolve("expected.json").toFile());
        if (expected.has("tr_error") || REFUSED.contains(folder.getFileName().toString())) {
            assertThatThrownBy(() -> TokenizerFiles.read(folder))
                    .isInstanceOf(TouchstoneException.class)
                    .message()
                    .startsWith(folder.toString())
                    .doesNotContain("\n");
            return;
        }
        Tokenizer tokenizer = TokenizerFiles.read(folder);
        JsonNode texts = expected.required("texts");
        for (int i = 0; i < texts.size(); i++) {
            assertThat(tokenizer.encode(texts.get(i).textValue()))
                    .as(texts.get(i).textValue())
                    .isEqualTo(ints(expected.required("tr_encode").required(i)));
            OracleCount.TEXTS.increment();
        }
        JsonNode ids = expected.required("ids_to_decode");
        for (int i = 0; i < ids.size(); i++) {
            assertThat(tokenizer.decode(ints(ids.get(i))))
                    .as("%s", ids.get(i))
                    .isEqualTo(expected.required("tr_decode").required(i).textValue());
            OracleCount.DECODED.add(ids.get(i).size());
        }
    }

    private static int[] ints(JsonNode list) {
        return IntStream.range(0, list.size()).map(i -> list.get(i).intValue()).toArray();
    }
}
