package dev.touchstone.tokenizer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.tokenizer.HuggingFace;
import dev.touchstone.tokenizer.StreamingDecoder;
import dev.touchstone.tokenizer.Texts;
import dev.touchstone.tokenizer.TinyTokenizers;
import dev.touchstone.tokenizer.Tokenizer;
import dev.touchstone.util.TouchstoneException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Twenty words, split at white space or at word boundaries, compared with Hugging Face. */
class WordLevelTest {
    private static final Map<String, Integer> WORDS = TinyTokenizers.vocabulary(List.of(
            "<unk>", "<eos>", "the", "cat", "sat", "on", "mat", "a", "dog", "and", "ran", "far", ".", ",", "!", "é",
            "It", "'", "s", "_"));

    @Property(tries = 200)
    void idsAndTextEqualHuggingFaces(@ForAll("texts") String text, @ForAll("preTokenizers") String type) {
        String json = json(type);

        try (HuggingFace oracle = new HuggingFace(json)) {
            Tokenizer ours = TinyTokenizers.read(json);
            int[] ids = oracle.encode(text);

            assertThat(ours.encode(text)).isEqualTo(ids);
            assertThat(ours.decode(ids)).isEqualTo(oracle.decode(ids));
        }
    }

    @Test
    void wordsEqualHuggingFacesForMostCodePoints() {
        String text = Texts.codePoints()
                .filter(c -> c < 0x3400 || c > 0xFFFF || c % 101 == 0)
                .filter(c -> c < 0x20000 || c % 101 == 0)
                .mapToObj(c -> "a" + Character.toString(c) + " ")
                .collect(Collectors.joining());
        String json = json("Whitespace");

        try (HuggingFace oracle = new HuggingFace(json)) {
            assertThat(TinyTokenizers.read(json).encode(text).length).isEqualTo(oracle.encode(text).length);
        }
    }

    @Test
    void anUnknownWordThrowsWithoutAnUnknownToken() {
        WordLevel words = new WordLevel(Map.of("cat", 0), "<unk>");

        assertThatThrownBy(() -> words.encode("dog", id -> {}))
                .isInstanceOf(TouchstoneException.class)
                .hasMessage("the vocabulary has neither the word \"dog\" nor the unknown token \"<unk>\";"
                        + " use words that it has");
    }

    @Test
    void streamedWordsAreSeparatedBySpaces() {
        StreamingDecoder stream = TinyTokenizers.read(json("Whitespace")).stream();

        assertThat(List.of(stream.add(2), stream.add(3), stream.add(12), stream.flush()))
                .containsExactly("the", " cat", " .", "");
    }

    @Test
    void theBytesOfAWordAreItsUtf8() {
        assertThat(TinyTokenizers.read(json("Whitespace")).bytes(WORDS.get("é")))
                .containsExactly(0xC3, 0xA9);
    }

    private static String json(String preTokenizer) {
        return TinyTokenizers.json(Map.of(
                "added_tokens",
                        List.of(Map.of(
                                "id",
                                1,
                                "content",
                                "<eos>",
                                "special",
                                true,
                                "single_word",
                                false,
                                "lstrip",
                                false,
                                "rstrip",
                                false,
                                "normalized",
                                false)),
                "pre_tokenizer", Map.of("type", preTokenizer),
                "model", Map.of("type", "WordLevel", "vocab", WORDS, "unk_token", "<unk>")));
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.oneOf(
                        Arbitraries.of(WORDS.keySet()), Arbitraries.of(" ", "  ", "\n", "\u3000", "\u0085", "x"))
                .list()
                .ofMaxSize(30)
                .map(parts -> String.join("", parts));
    }

    @Provide
    Arbitrary<String> preTokenizers() {
        return Arbitraries.of("Whitespace", "WhitespaceSplit");
    }
}
