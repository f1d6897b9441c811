package dev.touchstone.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.tokenizer.text.ByteAlphabet;
import dev.touchstone.util.TouchstoneException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PipelineTest {
    private static Tokenizer withAdded(String content, int id) {
        return TinyTokenizers.read(TinyTokenizers.json(Map.of(
                "added_tokens",
                List.of(TinyTokenizers.added(id, content, "special")),
                "model",
                Map.of("type", "BPE", "vocab", Map.of("a", 0, "b", 1), "merges", List.of()))));
    }

    @Test
    void idsWithoutATokenDecodeToNothing() {
        Tokenizer tokenizer = withAdded("c", 2);
        StreamingDecoder stream = tokenizer.stream();

        assertThat(tokenizer.decode(0, 3, 1_000_000, 1)).isEqualTo("a b");
        assertThat(tokenizer.token(3)).isEmpty();
        assertThat(tokenizer.bytes(3)).isEmpty();
        assertThat(tokenizer.isSpecial(3)).isFalse();
        assertThat(stream.add(0) + stream.add(3) + stream.add(1)).isEqualTo("a b");
    }

    @Test
    void aNegativeIdThrows() {
        assertThatThrownBy(() -> withAdded("c", 2).decode(-1))
                .isInstanceOf(TouchstoneException.class)
                .hasMessage("token id -1 is negative, expected 0 or more");
    }

    @Test
    void onlyThoseAddedAsSpecialAreSpecial() {
        Tokenizer tokenizer = withAdded("c", 2);

        assertThat(tokenizer.isSpecial(2)).isTrue();
        assertThat(tokenizer.isSpecial(1)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\uD800", "\uDBFF", "\uDC00", "\uDFFF", "a\uDFFF", "\uD800b"})
    void anUnpairedSurrogateIsReadAsTheReplacementCharacter(String text) {
        Tokenizer tokenizer = FamilyTokenizers.SMOLLM2.ours;

        assertThat(tokenizer.encode(text)).isEqualTo(tokenizer.encode(text.replaceAll("[\uD800-\uDFFF]", "\uFFFD")));
    }

    /** To all text that does not begin with a space, after an added token too, as in Hugging Face. */
    @ParameterizedTest
    @ValueSource(strings = {"", "a", " a", "a b", "\na", "a<s>b<s> c", "<s>"})
    void aPrefixSpaceIsPrependedAsInHuggingFace(String text) {
        Map<String, ?> byteLevel = Map.of("type", "ByteLevel", "add_prefix_space", true, "trim_offsets", true);
        Map<String, Integer> bytes =
                TinyTokenizers.vocabulary(Gpt2.IDS.keySet().stream().limit(256).toList());
        String json = TinyTokenizers.json(Map.of(
                "added_tokens",
                List.of(TinyTokenizers.added(256, "<s>", "special")),
                "pre_tokenizer",
                byteLevel,
                "decoder",
                byteLevel,
                "model",
                Map.of("type", "BPE", "vocab", bytes, "merges", List.of())));

        try (HuggingFace oracle = new HuggingFace(json)) {
            assertThat(TinyTokenizers.read(json).encode(text)).isEqualTo(oracle.encode(text));
        }
    }

    @Test
    void aCharacterOutsideTheByteAlphabetIsItsOwnUtf8() {
        assertThat(ByteAlphabet.bytes("\u0143")).containsExactly(0xAD); // the last of the alphabet
        assertThat(ByteAlphabet.bytes("\u0144")).isEqualTo("\u0144".getBytes(UTF_8));
        assertThat(ByteAlphabet.bytes("a\u0144")).isEqualTo("a\u0144".getBytes(UTF_8));
    }
}
