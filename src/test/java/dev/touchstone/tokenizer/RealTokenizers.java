package dev.touchstone.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.touchstone.checkpoint.tokenizer.TokenizerFiles;
import dev.touchstone.support.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Tokenizers that people use, with the results and the times of transformers. {@code ci/real-tokenizers.sh} downloads them
 * and runs this class; {@code pom.xml} excludes it from {@code mvn verify}.
 */
class RealTokenizers {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TestFactory
    Stream<DynamicTest> idsAndTextEqualTransformers() throws IOException {
        try (Stream<Path> files = Files.list(Fixtures.root())) {
            List<Path> folders = files.filter(Files::isDirectory).sorted().toList();
            assertThat(folders).hasSizeGreaterThanOrEqualTo(10);
            return folders.stream()
                    .map(folder -> DynamicTest.dynamicTest(folder.getFileName().toString(), () -> compare(folder)));
        }
    }

    private static void compare(Path folder) throws IOException {
        long start = System.nanoTime();
        Tokenizer tokenizer = TokenizerFiles.read(folder);
        double loaded = seconds(start);
        JsonNode entries = JSON.readTree(folder.resolve("expected.json").toFile());
        assertThat(entries.size()).isGreaterThan(3000);
        for (JsonNode entry : entries) {
            int[] ids = ints(entry.required("ids"));
            if (entry.has("text")) {
                String text = entry.required("text").textValue();
                assertThat(tokenizer.encode(text)).as(text).isEqualTo(ids);
                OracleCount.TEXTS.increment();
            }
            assertThat(tokenizer.decode(ids))
                    .as("%s", entry)
                    .isEqualTo(entry.required("decoded").textValue());
            OracleCount.DECODED.add(ids.length);
        }
        reportTimes(folder, tokenizer, loaded);
    }

    private static void reportTimes(Path folder, Tokenizer tokenizer, double loaded) throws IOException {
        String corpus =
                JSON.readTree(Fixtures.root().resolve("corpus.json").toFile()).textValue();
        JsonNode theirs = JSON.readTree(folder.resolve("times.json").toFile());
        double encoded = Double.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            long start = System.nanoTime();
            tokenizer.encode(corpus);
            encoded = Math.min(encoded, seconds(start));
        }
        System.out.printf(
                "%-12s loads in %.2f s (transformers %.2f s), encodes a million characters in %.2f s (%.2f s)%n",
                folder.getFileName(),
                loaded,
                theirs.required("load").doubleValue(),
                encoded,
                theirs.required("encode").doubleValue());
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    private static int[] ints(JsonNode list) {
        return IntStream.range(0, list.size()).map(i -> list.get(i).intValue()).toArray();
    }
}
