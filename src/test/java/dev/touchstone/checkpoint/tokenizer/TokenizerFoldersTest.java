package dev.touchstone.checkpoint.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.support.Fixtures;
import dev.touchstone.tokenizer.OracleCount;
import dev.touchstone.tokenizer.Tokenizer;
import dev.touchstone.util.TouchstoneException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Random settings in all files of a tokenizer: {@code fixtures/tokenizer_folders.json}, with AutoTokenizer's answers. */
class TokenizerFoldersTest {
    @TestFactory
    Stream<DynamicTest> aFolderGivesWhatAutoTokenizerGives() throws IOException {
        JsonNode entries = new ObjectMapper()
                .readTree(Fixtures.root().resolve("tokenizer_folders.json").toFile());
        JsonNode common = entries.get(0);
        assertThat(entries.size()).isGreaterThan(300);
        return IntStream.range(1, entries.size())
                .mapToObj(i -> DynamicTest.dynamicTest("folder " + i, () -> compare(common, entries.get(i))));
    }

    private static void compare(JsonNode common, JsonNode folder) {
        Map<String, byte[]> files =
                files(common.required("bases").required(folder.required("base").textValue()), folder.required("files"));
        List<String> texts = new ArrayList<>();
        common.required("texts").forEach(text -> texts.add(text.textValue()));
        if (folder.has("error")) {
            assertThatThrownBy(() -> texts.forEach(read(files)::encode))
                    .isInstanceOf(TouchstoneException.class)
                    .message()
                    .doesNotContain("\n");
            return;
        }
        Tokenizer tokenizer = read(files);
        for (int i = 0; i < texts.size(); i++) {
            assertThat(tokenizer.encode(texts.get(i)))
                    .as("%s, %s", texts.get(i), folder)
                    .isEqualTo(ints(folder.required("encoded").required(i)));
            OracleCount.TEXTS.increment();
        }
        assertThat(tokenizer.encodeTemplated(texts.get(2)))
                .as("%s", folder)
                .isEqualTo(ints(folder.required("templated")));
        for (int i = 0; i < folder.required("ids").size(); i++) {
            int[] ids = ints(folder.required("ids").required(i));
            assertThat(tokenizer.decode(ids))
                    .as("%s", folder)
                    .isEqualTo(folder.required("decoded").required(i).textValue());
            OracleCount.DECODED.add(ids.length);
        }
    }

    private static Tokenizer read(Map<String, byte[]> files) {
        return TokenizerFiles.read("m", name -> Optional.ofNullable(files.get(name)));
    }

    private static Map<String, byte[]> files(JsonNode base, JsonNode changes) {
        Map<String, byte[]> files = new HashMap<>();
        changes.properties().forEach(file -> {
            if (file.getKey().equals("tokenizer.json")) {
                ObjectNode whole = base.deepCopy();
                file.getValue().properties().forEach(part -> whole.set(part.getKey(), part.getValue()));
                put(files, "tokenizer.json", whole.toString());
            } else if (file.getKey().equals("parts")) {
                List<String> merges = new ArrayList<>();
                base.required("model").required("merges").forEach(merge -> merges.add(merge.textValue()));
                put(files, "merges.txt", String.join("\n", merges));
                put(
                        files,
                        "vocab.json",
                        base.required("model").required("vocab").toString());
            } else {
                put(files, file.getKey(), file.getValue().toString());
            }
        });
        return files;
    }

    private static void put(Map<String, byte[]> files, String name, String content) {
        files.put(name, content.getBytes(StandardCharsets.UTF_8));
    }

    private static int[] ints(JsonNode list) {
        return IntStream.range(0, list.size()).map(i -> list.get(i).intValue()).toArray();
    }
}
