package dev.touchstone.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.tokenizer.RegexSplit.Behavior;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Every behavior of a split against Hugging Face's, whatever is matched. */
class SplitTest {
    private static final Map<Behavior, String> NAMES = Map.of(
            Behavior.ISOLATED, "Isolated",
            Behavior.REMOVED, "Removed",
            Behavior.MERGED_WITH_PREVIOUS, "MergedWithPrevious",
            Behavior.MERGED_WITH_NEXT, "MergedWithNext",
            Behavior.CONTIGUOUS, "Contiguous");

    @Property(tries = 1500)
    void piecesEqualHuggingFaces(
            @ForAll Behavior behavior,
            @ForAll boolean invert,
            @ForAll("patterns") Map<String, String> pattern,
            @ForAll("texts") String text) {
        Map<String, Object> split =
                Map.of("type", "Split", "pattern", pattern, "behavior", NAMES.get(behavior), "invert", invert);
        // A piece that is no word becomes its first character: the border of a piece shows.
        String json = TinyTokenizers.json(Map.of(
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

        try (HuggingFace oracle = new HuggingFace(json)) {
            assertThat(TinyTokenizers.read(json).encode(text)).isEqualTo(oracle.encode(text));
        }
    }

    @Test
    void theExamplesOfItsJavadocHold() {
        Map<Behavior, List<String>> expected = Map.of(
                Behavior.ISOLATED, List.of("a", "-", "b"),
                Behavior.REMOVED, List.of("a", "b"),
                Behavior.MERGED_WITH_PREVIOUS, List.of("a-", "b"),
                Behavior.MERGED_WITH_NEXT, List.of("a", "-b"),
                Behavior.CONTIGUOUS, List.of("a", "-", "b"));

        expected.forEach((behavior, pieces) -> {
            List<String> found = new ArrayList<>();
            new RegexSplit("-", behavior, false).split("a-b", found::add);
            assertThat(found).as(behavior.name()).isEqualTo(pieces);
        });
    }

    @Provide
    Arbitrary<Map<String, String>> patterns() {
        return Arbitraries.of(
                Map.of("String", "-"),
                Map.of("String", "a-"),
                Map.of("Regex", "-"),
                Map.of("Regex", "-+"),
                Map.of("Regex", "-*"),
                Map.of("Regex", "a?"),
                Map.of("Regex", "[^\\s]-"),
                Map.of("Regex", "(?i:A)|\\s(?!a)"),
                Map.of("Regex", "."));
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.of("a", "-", "b", " ", "\n", "é", "\r")
                .list()
                .ofMaxSize(9)
                .map(parts -> String.join("", parts));
    }
}
