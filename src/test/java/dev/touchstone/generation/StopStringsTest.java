package dev.touchstone.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.support.ScriptExecutor;
import dev.touchstone.support.SplitText;
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

/** A stop string ends the text however the text is split into tokens, also inside a character, and is not printed. */
class StopStringsTest {
    private static final Window WINDOW = Window.error(64);

    @Property(tries = 1500)
    void theTextDoesNotDependOnTheTokens(
            @ForAll("texts") String text,
            @ForAll @Size(min = 1, max = 3) List<@From("stops") String> stops,
            @ForAll Set<@IntRange(min = 1, max = 60) Integer> cuts) {
        SplitText split = SplitText.of(text, cuts);
        StringBuilder printed = new StringBuilder();

        Generation generation = generate(split, stops, printed);

        int end = firstEnd(text, stops);
        String expected = end < 0 ? text : text.substring(0, end - longestAt(text, end, stops));
        assertThat(generation.text()).isEqualTo(expected);
        assertThat(printed).hasToString(expected);
        assertThat(generation.finishReason()).isEqualTo(end < 0 ? FinishReason.LENGTH : FinishReason.STOP);
        assertThat(split.tokenizer().decode(generation.ids()))
                .startsWith(end < 0 ? text : text.substring(0, Math.max(0, end - 1)));
        assertThat(generation.ids().length).isLessThanOrEqualTo(split.ids().length);
    }

    @Test
    void theBeginningOfAStopStringIsPrintedAtTheEnd() {
        assertThat(generate(
                                SplitText.of("abcab", Set.of(1, 2, 3, 4)),
                                List.of("abd", "bcd", "abx"),
                                new StringBuilder())
                        .text())
                .isEqualTo("abcab");
    }

    @Test
    void anIncompleteCharacterAtTheEndIsPrintedAsUFFFD() {
        SplitText split = SplitText.of("aé", Set.of(1, 2));
        SplitText first = new SplitText(new int[] {split.ids()[0], split.ids()[1]}, split.tokenizer());
        StringBuilder printed = new StringBuilder();

        assertThat(generate(first, List.of("x"), printed).text()).isEqualTo("a\uFFFD");
        assertThat(printed).hasToString("a\uFFFD");
    }

    @Test
    void heldBackTextIsPrintedAtTheEnd() {
        StringBuilder printed = new StringBuilder();
        Settings settings = Settings.greedy(9, Set.of(1), WINDOW).withStopStrings(List.of("ab"));

        Generation generation = new Generator(
                        new ScriptExecutor(2, new int[] {0, 1}), SplitText.tokenizer("a", "<end>"))
                .generate(new int[] {0}, settings, step -> printed.append(step.text()));

        assertThat(generation.finishReason()).isEqualTo(FinishReason.EOS);
        assertThat(generation.text()).isEqualTo("a");
        assertThat(printed).hasToString("a");
    }

    private static Generation generate(SplitText split, List<String> stops, StringBuilder printed) {
        ScriptExecutor executor = new ScriptExecutor(split.tokenizer().vocabularySize(), split.ids());
        Settings settings =
                Settings.greedy(split.ids().length, Set.of(), WINDOW).withStopStrings(stops);
        return new Generator(executor, split.tokenizer())
                .generate(new int[] {0}, settings, step -> printed.append(step.text()));
    }

    /** The first index at which a stop string ends; -1 if there is none. */
    private static int firstEnd(String text, List<String> stops) {
        for (int end = 1; end <= text.length(); end++) {
            if (longestAt(text, end, stops) > 0) {
                return end;
            }
        }
        return -1;
    }

    private static int longestAt(String text, int end, List<String> stops) {
        String prefix = text.substring(0, end);
        return stops.stream()
                .filter(prefix::endsWith)
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

    /** Texts of few letters, so that stop strings occur, overlap and almost occur; some letters have two or four bytes. */
    private static Arbitrary<String> words(int shortest, int longest) {
        return Arbitraries.of("a", "a", "b", "é", "🙂")
                .list()
                .ofMinSize(shortest)
                .ofMaxSize(longest)
                .map(letters -> String.join("", letters))
                .withoutEdgeCases();
    }
}
