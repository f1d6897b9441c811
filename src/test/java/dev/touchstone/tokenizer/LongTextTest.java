package dev.touchstone.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * T19: a million characters of the same class, for each class of the regex. Half a second each; quadratic time would be hours,
 * and a recursive matcher would overflow the stack.
 */
class LongTextTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", " ", "1", "!", "\n", "\u3000", "😀", "a ", " \n", "<|endoftext|"})
    void aMillionEqualCharactersTakeLinearTime(String unit) {
        String text = unit.repeat(1_000_000 / unit.length());

        int[] ids = Assertions.assertTimeoutPreemptively(Duration.ofSeconds(20), () -> Gpt2.OURS.encode(text));

        assertThat(Gpt2.OURS.decode(ids).equals(text)).isTrue();
    }

    /** Short enough for the oracle, long enough for merges of merges. */
    @ParameterizedTest
    @ValueSource(strings = {"a", " ", "1", "!", "\n", "é", "a ", "Ab", "-=", "ABC"})
    void aLongRunHasHuggingFacesIds(String unit) {
        for (int times : new int[] {1, 2, 3, 7, 15, 16, 17, 33, 257, 9_999}) {
            String text = unit.repeat(times);

            assertThat(Gpt2.OURS.encode(text)).isEqualTo(Gpt2.HUGGING_FACE.encode(text));
        }
    }

    /** A token that takes the spaces before or after it, found many times or never: at most quadratic time. */
    @ParameterizedTest
    @CsvSource({"lstrip, <m>", "rstrip, <m>", "lstrip, ' '", "rstrip, ' '", "lstrip, ' x'"})
    void aTokenThatStripsTakesAtMostQuadraticTime(String flag, String token) {
        Map<String, Object> model = TinyTokenizers.component(
                "BPE", "vocab", TinyTokenizers.vocabulary(List.of(" ", "a", "x")), "merges", List.of());
        Tokenizer tokenizer = TinyTokenizers.read(TinyTokenizers.json(
                Map.of("model", model, "added_tokens", List.of(TinyTokenizers.added(3, token, flag)))));
        String text = " ".repeat(20_000) + "<m>" + " ".repeat(20_000) + "a" + " <m>".repeat(5_000);

        int[] ids = Assertions.assertTimeoutPreemptively(Duration.ofSeconds(10), () -> tokenizer.encode(text));

        assertThat(ids).isNotEmpty();
    }
}
