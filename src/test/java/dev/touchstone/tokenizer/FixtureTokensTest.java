package dev.touchstone.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.touchstone.checkpoint.tokenizer.TokenizerFiles;
import dev.touchstone.support.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Each fixture's tokens.json, written by transformers, for each format of the tokenizer's files there. */
class FixtureTokensTest {
    private static final Set<String> SETTINGS =
            Set.of("config.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json");

    @TestFactory
    Stream<DynamicTest> idsAndTextEqualTransformers() throws IOException {
        return folders().stream()
                .flatMap(folder -> forms(folder).stream().map(form -> {
                    String name = folder.getFileName() + " from " + String.join(" and ", form);
                    return DynamicTest.dynamicTest(name, () -> compare(folder, read(folder, form)));
                }));
    }

    @Test
    void fixturesExist() throws IOException {
        assertThat(folders()).isNotEmpty();
    }

    private static List<Path> folders() throws IOException {
        try (Stream<Path> children = Files.list(Fixtures.root())) {
            return children.filter(Files::isDirectory).sorted().toList();
        }
    }

    private static List<List<String>> forms(Path folder) {
        List<List<String>> forms = new ArrayList<>(List.of(List.of("tokenizer.json")));
        if (Files.exists(folder.resolve("merges.txt"))) {
            forms.add(List.of("vocab.json", "merges.txt"));
        }
        return forms;
    }

    private static Tokenizer read(Path folder, List<String> form) throws IOException {
        return TokenizerFiles.read(folder.toString(), name -> {
            try {
                boolean read = form.contains(name) || SETTINGS.contains(name) && Files.exists(folder.resolve(name));
                return read ? Optional.of(Files.readAllBytes(folder.resolve(name))) : Optional.empty();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    private static void compare(Path folder, Tokenizer tokenizer) throws IOException {
        JsonNode cases =
                new ObjectMapper().readTree(folder.resolve("tokens.json").toFile());
        assertThat(cases).isNotEmpty();
        for (JsonNode one : cases) {
            String text = one.required("text").textValue();
            List<Integer> ids = new ArrayList<>();
            one.required("ids").forEach(id -> ids.add(id.intValue()));

            assertThat(tokenizer.encode(text)).as(text).isEqualTo(ints(ids));
            assertThat(tokenizer.decode(ints(ids)))
                    .isEqualTo(one.required("decoded").textValue());
        }
    }

    private static int[] ints(List<Integer> ids) {
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }
}
