package dev.touchstone.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.support.Pieces;
import dev.touchstone.support.ScriptExecutor;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Stop strings end a text however it is cut into tokens, even inside a character, and nothing of them is printed. */
class StopStringsTest {
    private static final Window WINDOW = Window.error(64);

    @Property(tries = 1500)
    void whatIsPrintedDoesNotDependOnTheTokens(
            @ForAll("texts") String text,
            @ForAll @Size(min = 1, max = 3) List<@From("stops") String> stops,
            @ForAll Set<@IntRange(min = 1, max = 60) Integer> cuts) {
        Pieces pieces = Pieces.of(text, cuts);
        StringBuilder printed = new StringBuilder();

        Generation generation = generate(pieces, stops, printed);

        int end = firstEnd(text, stops);
        String expected = end < 0 ? text : text.substring(0, end - longestAt(text, end, stops));
        assertThat(generation.text()).isEqualTo(expected);
        assertThat(printed).hasToString(expected);
        assertThat(generation.finishReason()).isEqualTo(end < 0 ? FinishReason.LENGTH : FinishReason.STOP);
        assertThat(pieces.tokenizer().decode(generation.ids()))
                .startsWith(end < 0 ? text : text.substring(0, Math.max(0, end - 1)));
        assertThat(generation.ids().length).isLessThanOrEqualTo(pieces.ids().length);
    }

    @Test
    void whatOnlyLookedLikeAStopStringIsPrintedAtTheEnd() {
        assertThat(generate(Pieces.of("abcab", Set.of(1, 2, 3, 4)), List.of("abd", "bcd", "abx"), new StringBuilder())
                        .text())
                .isEqualTo("abcab");
    }

    @Test
    void halfACharacterAtTheEndIsPrintedAsAReplacement() {
        Pieces pieces = Pieces.of("aé", Set.of(1, 2));
        Pieces first = new Pieces(new int[] {pieces.ids()[0], pieces.ids()[1]}, pieces.tokenizer());
        StringBuilder printed = new StringBuilder();

        assertThat(generate(first, List.of("x"), printed).text()).isEqualTo("a\uFFFD");
        assertThat(printed).hasToString("a\uFFFD");
    }

    @Test
    void theEndOfTheTextReleasesWhatWasHeldBack() {
        StringBuilder printed = new StringBuilder();
        Settings settings = Settings.greedy(9, Set.of(1), WINDOW).withStopStrings(List.of("ab"));

        Generation generation = new Generator(new ScriptExecutor(2, new int[] {0, 1}), Pieces.tokenizer("a", "<end>"))
                .generate(new int[] {0}, settings, step -> printed.append(step.text()));

        assertThat(generation.finishReason()).isEqualTo(FinishReason.EOS);
        assertThat(generation.text()).isEqualTo("a");
        assertThat(printed).hasToString("a");
    }

    private static Generation generate(Pieces pieces, List<String> stops, StringBuilder printed) {
        ScriptExecutor executor = new ScriptExecutor(pieces.tokenizer().vocabularySize(), pieces.ids());
        Settings settings =
                Settings.greedy(pieces.ids().length, Set.of(), WINDOW).withStopStrings(stops);
        return new Generator(executor, pieces.tokenizer())
                .generate(new int[] {0}, settings, step -> printed.append(step.text()));
    }

    /** Where a stop string is complete for the first time, read character by character; -1 if never. */
    private static int firstEnd(String text, List<String> stops) {
        for (int end = 1; end <= text.length(); end++) {
            if (longestAt(text, end, stops) > 0) {
                return end;
            }
        }
        return -1;
    }

    private static int longestAt(String text, int end, List<String> stops) {
        String read = text.substring(0, end);
        return stops.stream()
                .filter(read::endsWith)
                .mapToInt(String::length)
                .max()
                .orElse(0);
    }

    @Provide
    Arbitrary<String> texts() {
        return words(1, 14);
    }

    @Provide
    Arbitrary<String> stops() {
        return words(1, 4);
    }

    /** Few letters, so that stop strings occur, overlap and nearly occur; two and four bytes long, so that cuts hurt. */
    private static Arbitrary<String> words(int shortest, int longest) {
        return Arbitraries.of("a", "a", "b", "é", "🙂")
                .list()
                .ofMinSize(shortest)
                .ofMaxSize(longest)
                .map(letters -> String.join("", letters))
                .withoutEdgeCases();
    }
}
