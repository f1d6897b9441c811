package dev.touchstone.tokenizer.pretokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.tokenizer.HuggingFace;
import dev.touchstone.tokenizer.TinyTokenizers;
import dev.touchstone.tokenizer.Tokenizer;
import dev.touchstone.tokenizer.regex.Regex;
import dev.touchstone.tokenizer.text.Piece;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Every behavior of a split with several patterns, compared with Hugging Face. */
class SplitTest {
    private static final Map<Behavior, String> NAMES = Map.of(
            Behavior.ISOLATED, "Isolated",
            Behavior.REMOVED, "Removed",
            Behavior.MERGED_WITH_PREVIOUS, "MergedWithPrevious",
            Behavior.MERGED_WITH_NEXT, "MergedWithNext",
            Behavior.CONTIGUOUS, "Contiguous");

    private static final List<Map<String, String>> PATTERNS = List.of(
            Map.of("String", "-"),
            Map.of("String", "a-"),
            Map.of("Regex", "-"),
            Map.of("Regex", "-+"),
            Map.of("Regex", "-*"),
            Map.of("Regex", "a?"),
            Map.of("Regex", "[^\\s]-"),
            Map.of("Regex", "(?i:A)|\\s(?!a)"),
            Map.of("Regex", "."));

    @Property(tries = 1500)
    void piecesEqualHuggingFaces(
            @ForAll Behavior behavior,
            @ForAll boolean invert,
            @ForAll("patterns") Map<String, String> pattern,
            @ForAll("texts") String text) {
        String json = json(behavior, invert, pattern);

        try (HuggingFace oracle = new HuggingFace(json)) {
            assertThat(TinyTokenizers.read(json).encode(text)).isEqualTo(oracle.encode(text));
        }
    }

    /** A fixed sample of each combination. */
    @Example
    void eachBehaviorWithEachPatternEqualsHuggingFace() {
        RandomGenerator<String> generator = texts().generator(1000);
        Random random = new Random(1);
        List<String> texts =
                Stream.generate(() -> generator.next(random).value()).limit(20).toList();
        for (Behavior behavior : Behavior.values()) {
            for (Map<String, String> pattern : PATTERNS) {
                for (boolean invert : new boolean[] {false, true}) {
                    String json = json(behavior, invert, pattern);
                    Tokenizer ours = TinyTokenizers.read(json);
                    try (HuggingFace oracle = new HuggingFace(json)) {
                        texts.forEach(text -> assertThat(ours.encode(text)).isEqualTo(oracle.encode(text)));
                    }
                }
            }
        }
    }

    @Test
    void theExamplesInTheJavadocAreCorrect() {
        Map<Behavior, List<String>> expected = Map.of(
                Behavior.ISOLATED, List.of("a", "-", "b"),
                Behavior.REMOVED, List.of("a", "b"),
                Behavior.MERGED_WITH_PREVIOUS, List.of("a-", "b"),
                Behavior.MERGED_WITH_NEXT, List.of("a", "-b"),
                Behavior.CONTIGUOUS, List.of("a", "-", "b"));

        expected.forEach((behavior, pieces) -> {
            List<String> found = pieces(new Split(new Regex("-"), behavior, false), "a-b");
            assertThat(found).as(behavior.name()).isEqualTo(pieces);
        });
    }

    @Test
    void theExampleInTheJavadocOfMetaspaceIsCorrect() {
        assertThat(pieces(new Metaspace("▁", Metaspace.Scheme.ALWAYS, true), "the cat"))
                .containsExactly("▁the", "▁cat");
        assertThat(pieces(new Metaspace("▁", Metaspace.Scheme.ALWAYS, false), "the cat"))
                .containsExactly("▁the▁cat");
    }

    @Test
    void onlyTheBeginningOfTheInputIsFirst() {
        PreTokenizer first = new Metaspace("▁", Metaspace.Scheme.FIRST, false);
        PreTokenizer dashes = Split.isolating("-");

        assertThat(pieces(first.then(dashes), "a-b")).containsExactly("▁a", "-", "b");
        assertThat(pieces(dashes.then(first), "a-b")).containsExactly("▁a", "-", "b");
    }

    private static List<String> pieces(PreTokenizer split, String text) {
        List<String> pieces = new ArrayList<>();
        split.split(Piece.input(text), piece -> pieces.add(piece.text()));
        return pieces;
    }

    private static String json(Behavior behavior, boolean invert, Map<String, String> pattern) {
        Map<String, Object> split =
                Map.of("type", "Split", "pattern", pattern, "behavior", NAMES.get(behavior), "invert", invert);
        // Pieces outside the vocabulary become the unknown token, so that the ids show the pieces.
        return TinyTokenizers.json(Map.of(
                "pre_tokenizer",
                split,
                "model",
                Map.of(
                        "type",
                        "WordLevel",
                        "vocab",
                        Map.of("?", 0, "a", 1, "-", 2, "a-", 3, "--", 4, "-a", 5),
                        "unk_token",
                        "?")));
    }

    @Provide
    Arbitrary<Map<String, String>> patterns() {
        return Arbitraries.of(PATTERNS);
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.of("a", "-", "b", " ", "\n", "é", "\r")
                .list()
                .ofMaxSize(9)
                .map(parts -> String.join("", parts));
    }
}
