package dev.touchstone.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.util.Remedy;
import dev.touchstone.util.TouchstoneException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WindowTest {
    /** The last new token is not an input of the model, so it needs no position. */
    @Test
    void aTextMayBeOneTokenLongerThanTheContext() {
        assertThatCode(() -> Window.error(8).check(8, 1)).doesNotThrowAnyException();
        assertThatCode(() -> Window.error(8).check(3, 6)).doesNotThrowAnyException();
        assertThatCode(() -> Window.error(8).check(1, 0)).doesNotThrowAnyException();
    }

    @Test
    void aTextThatWouldExceedTheContextIsRefused() {
        refuses(0, 1, "the prompt is empty: give at least one token");
        refuses(
                9,
                0,
                "the prompt has 9 tokens, but the model has 8 positions; shorten the prompt, or keep only its last tokens with"
                        + " a sliding window",
                new Remedy("window", "slide"));
        refuses(
                3,
                7,
                "the prompt has 3 tokens and 7 new tokens were requested, but the model has 8 positions; request at most"
                        + " 6, or use a sliding window",
                new Remedy("maxNewTokens", 6),
                new Remedy("window", "slide"));
    }

    private static void refuses(int prompt, int more, String message, Remedy... remedies) {
        assertThatThrownBy(() -> Window.error(8).check(prompt, more))
                .isInstanceOf(TouchstoneException.class)
                .hasMessage(message)
                .extracting(e -> ((TouchstoneException) e).remedies())
                .isEqualTo(List.of(remedies));
    }

    @Test
    void aSlidingWindowHasNoLimit() {
        assertThatCode(() -> Window.slide(8, 8).check(100, 1000)).doesNotThrowAnyException();
        assertThatThrownBy(() -> Window.slide(8, 1).check(0, 1)).hasMessageContaining("the prompt is empty");
    }

    @Test
    void aFixedWindowContainsAllTokens() {
        assertThat(Window.error(8).of(new int[] {1, 2, 3})).containsExactly(1, 2, 3);
        assertThat(Window.error(8).of(new int[] {1, 2, 3, 4, 5, 6, 7, 8})).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
        assertThat(Window.error(8).room(8)).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 9})
    void strideOutsideTheContextIsRefused(int stride) {
        assertThatThrownBy(() -> Window.slide(8, stride))
                .isInstanceOf(TouchstoneException.class)
                .hasMessage("the window's stride must be from 1 to the model's 8 positions, got " + stride);
    }

    @ParameterizedTest
    @CsvSource({"5, 1, 5, 3", "8, 1, 8, 0", "9, 1, 8, 0", "9, 3, 6, 2", "11, 3, 8, 0", "12, 3, 6, 2", "20, 8, 4, 4"})
    void tokensAreDroppedInStrides(int length, int stride, int shown, int room) {
        int[] ids = new int[length];
        ids[length - shown] = 7;

        assertThat(Window.slide(8, stride).of(ids)).hasSize(shown).startsWith(7);
        assertThat(Window.slide(8, stride).room(length)).isEqualTo(room);
    }
}
