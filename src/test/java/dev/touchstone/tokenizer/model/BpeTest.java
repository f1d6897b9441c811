package dev.touchstone.tokenizer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.tokenizer.HuggingFace;
import dev.touchstone.tokenizer.TinyTokenizers;
import dev.touchstone.tokenizer.Tokenizer;
import dev.touchstone.util.TouchstoneException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Random merges in random order, compared with Hugging Face. */
class BpeTest {
    @Property(tries = 300)
    void idsEqualHuggingFacesForRandomMerges(
            @ForAll("picks") List<int[]> picks, @ForAll("texts") String text, @ForAll boolean unknown) {
        List<String> tokens = new ArrayList<>(List.of("a", "b", "c", "😀", "?"));
        List<List<String>> merges = new ArrayList<>();
        for (int[] pick : picks) {
            String left = tokens.get(pick[0] % tokens.size());
            String right = tokens.get(pick[1] % tokens.size());
            if (!tokens.contains(left + right)) {
                tokens.add(left + right);
                merges.add(pick[2] % (merges.size() + 1), List.of(left, right));
            }
        }
        Map<String, ?> model = Map.of("type", "BPE", "vocab", TinyTokenizers.vocabulary(tokens), "merges", merges);
        String json = TinyTokenizers.json(Map.of("model", unknown ? with(model, "unk_token", "?") : model));

        try (HuggingFace oracle = new HuggingFace(json)) {
            assertThat(TinyTokenizers.read(json).encode(text)).isEqualTo(oracle.encode(text));
        }
    }

    /** The vocabulary has the bytes of "é" and the first byte of "ß". */
    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void unknownCharactersEncodeAsInHuggingFace(boolean fuse, boolean fallback) {
        List<String> tokens = List.of("?", "a", "<0xC3>", "<0xA9>", "<0x00>", "<0xFF>");
        String json = TinyTokenizers.json(Map.of(
                "model",
                Map.of(
                        "type",
                        "BPE",
                        "vocab",
                        TinyTokenizers.vocabulary(tokens),
                        "merges",
                        List.of(),
                        "unk_token",
                        "?",
                        "fuse_unk",
                        fuse,
                        "byte_fallback",
                        fallback)));
        Tokenizer ours = TinyTokenizers.read(json);

        try (HuggingFace oracle = new HuggingFace(json)) {
            for (String text : List.of("a", "z", "zz", "azza", "zéz", "ézz", "aßé", "zaéz z", "\0é", "ééz")) {
                assertThat(ours.encode(text)).as(text).isEqualTo(oracle.encode(text));
            }
        }
    }

    @Test
    void theExampleInTheJavadocIsCorrect() {
        Map<String, Integer> ids = TinyTokenizers.vocabulary(List.of("l", "o", "w", "lo", "low"));
        Bpe bpe = new Bpe(ids, List.of(new Merge("l", "o"), new Merge("lo", "w")));
        List<Integer> found = new ArrayList<>();

        bpe.encode("lowlo", found::add);

        assertThat(found).containsExactly(4, 3);
    }

    @Test
    void aMergeOutsideTheVocabularyThrows() {
        Map<String, Integer> ids = TinyTokenizers.vocabulary(List.of("a", "b"));

        assertThatThrownBy(() -> new Bpe(ids, List.of(new Merge("a", "b"))))
                .isInstanceOf(TouchstoneException.class)
                .hasMessage("merge 1, \"a b\", needs the token \"ab\", which is not in the vocabulary;"
                        + " vocabulary and merges must be of one model");
    }

    @Test
    void anUnknownCharacterThrowsWithoutAnUnknownToken() {
        Bpe bpe = new Bpe(
                TinyTokenizers.vocabulary(List.of("a")),
                List.of(),
                new Bpe.Options("<unk>", false, false, false, "", ""));

        assertThatThrownBy(() -> bpe.encode("az", id -> {}))
                .isInstanceOf(TouchstoneException.class)
                .hasMessage("the vocabulary has neither the character \"z\" nor the unknown token \"<unk>\";"
                        + " use characters that it has");
    }

    private static Map<String, ?> with(Map<String, ?> map, String key, Object value) {
        Map<String, Object> more = new HashMap<>(map);
        more.put(key, value);
        return more;
    }

    /** Left token, right token, and the position in the list of merges. */
    @Provide
    Arbitrary<List<int[]>> picks() {
        return Arbitraries.integers()
                .between(0, 99)
                .array(int[].class)
                .ofSize(3)
                .list()
                .ofMaxSize(12);
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.of("a", "b", "c", "😀", "z", "é")
                .list()
                .ofMaxSize(30)
                .map(parts -> String.join("", parts));
    }
}
