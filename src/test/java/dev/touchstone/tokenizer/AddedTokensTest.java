package dev.touchstone.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.tokenizer.decoder.Decoder;
import dev.touchstone.tokenizer.model.WordLevel;
import dev.touchstone.tokenizer.normalizer.Normalizer;
import dev.touchstone.tokenizer.pretokenizer.PreTokenizer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/**
 * Added tokens with all combinations of flags, some overlapping, compared with Hugging Face. None is white space only:
 * after a token that strips white space, the library panics.
 */
class AddedTokensTest {
    private static final List<String> CONTENTS = List.of("<s>", "<s", "ab", "abc", "bca", "é_", " b", "c c", "ñ!");
    private static final List<String> FLAGS = List.of("special", "single_word", "lstrip", "rstrip", "normalized");
    private static final List<String> BYTES =
            Gpt2.IDS.keySet().stream().limit(256).toList();

    @Property(tries = 300)
    void matchesEqualHuggingFaces(@ForAll("settings") List<Boolean> flags, @ForAll("texts") String text) {
        String json = json(flags);

        try (HuggingFace oracle = new HuggingFace(json)) {
            Tokenizer ours = TinyTokenizers.read(json);
            int[] ids = oracle.encode(text);

            assertThat(ours.encode(text)).isEqualTo(ids);
            assertThat(ours.decode(ids)).isEqualTo(oracle.decode(ids));
        }
    }

    @Test
    void ordinaryTextMatchesNoSpecialTokensButAllOthers() {
        List<Boolean> flags = new ArrayList<>();
        for (int i = 0; i < CONTENTS.size(); i++) {
            flags.addAll(List.of(i < 2, false, false, false, false)); // "<s>" and "<s" are special
        }
        Tokenizer ours = TinyTokenizers.read(json(flags));

        assertThat(ours.encode("<s>abc")).hasSize(2);
        assertThat(ours.encodeOrdinary("<s>abc")).hasSize(4);
        assertThat(ours.encodeOrdinary("abc")).containsExactly(ours.id("abc").orElseThrow());
    }

    @Test
    void textBetweenMatchesIsNeverEmpty() {
        List<String> between = new ArrayList<>();
        Tokenizer ours =
                pipeline(between, AddedToken.special("<s>"), new AddedToken("x", false, false, false, false, true));

        assertThat(ours.encode("<s>xa<s>bx")).containsExactly(1, 2, 0, 1, 0, 2);
        assertThat(between).containsExactly("a", "b");
    }

    @Test
    void anEmptyTokenIsIgnored() {
        Tokenizer ours = pipeline(new ArrayList<>(), AddedToken.special(""), AddedToken.special("<s>"));

        assertThat(ours.encode("ab<s>")).containsExactly(0, 1);
    }

    /** With tokenizers 0.23 in Python, the ids of "<s> a a" are these. */
    @Test
    void aTokenOfWhiteSpaceIsFoundThoughTheTokenBeforeHasStrippedIt() {
        Tokenizer ours = pipeline(
                new ArrayList<>(),
                new AddedToken("<s>", true, false, false, true, false),
                new AddedToken(" ", true, false, false, false, false));

        assertThat(ours.encode("<s> a a")).containsExactly(1, 2, 0, 2, 0);
    }

    @Test
    void manySpacesBeforeATokenThatStripsThemTakeLinearTime() {
        Tokenizer ours = pipeline(
                new ArrayList<>(),
                new AddedToken("<s>", true, false, true, true, false),
                new AddedToken("  ", true, false, true, false, false));
        String spaces = " ".repeat(1_000_000);

        int[] ids = Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(10), () -> ours.encode(spaces + "<s>" + spaces + "<s>" + spaces + "a"));

        assertThat(ids).endsWith(1, 0);
    }

    /** Added tokens and a vocabulary with the unknown token only. */
    private static Tokenizer pipeline(List<String> between, AddedToken... added) {
        Map<String, Integer> ids = Map.of("?", 0);
        PreTokenizer watched = (text, pieces) -> {
            between.add(text.text());
            pieces.accept(text);
        };
        Vocabulary vocabulary = new Vocabulary(ids, Normalizer.NONE);
        vocabulary.add(List.of(added));
        return new Pipeline(
                vocabulary,
                new Pipeline.Stages(
                        Normalizer.NONE, watched, new WordLevel(ids, "?"), PostProcessor.NONE, Decoder.WORDS, false));
    }

    private static String json(List<Boolean> flags) {
        Map<String, Integer> ids = TinyTokenizers.vocabulary(BYTES);
        List<Map<String, Object>> added = new ArrayList<>();
        for (int i = 0; i < CONTENTS.size(); i++) {
            Map<String, Object> token = new LinkedHashMap<>(Map.of("id", ids.size() + i, "content", CONTENTS.get(i)));
            for (int f = 0; f < FLAGS.size(); f++) {
                token.put(FLAGS.get(f), flags.get(FLAGS.size() * i + f));
            }
            added.add(token);
        }
        Map<String, Object> byteLevel = Map.of("type", "ByteLevel", "add_prefix_space", false, "trim_offsets", true);
        return TinyTokenizers.json(Map.of(
                "added_tokens", added,
                "pre_tokenizer", byteLevel,
                "decoder", byteLevel,
                "model", Map.of("type", "BPE", "vocab", ids, "merges", List.of())));
    }

    @Provide
    Arbitrary<List<Boolean>> settings() {
        return Arbitraries.of(true, false, false).list().ofSize(CONTENTS.size() * FLAGS.size());
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.oneOf(
                        Arbitraries.of(CONTENTS),
                        Arbitraries.of("a", "b", "c", " ", "\n", "\u3000", "_", "é", "!", "<", "1", "😀"))
                .list()
                .ofMaxSize(15)
                .map(parts -> String.join("", parts));
    }
}
