package dev.touchstone.parity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AnswersTest {
    private static final int SIZE = 1000;

    /** PyTorch's error is 1 in so many places, and 0 in the others. */
    private static Answers errorIn(int places) {
        float[] found = new float[SIZE];
        Arrays.fill(found, 0, places, 1);
        return new Answers(
                new int[] {1},
                Map.of("x", new int[] {SIZE, 1}),
                Map.of("x", found),
                Map.of("x", new double[SIZE]),
                Map.of("x", 1.0));
    }

    @Test
    void aRatioIsJudgedWherePyTorchsErrorSpreads() {
        TapResult far = Given.tap("x", 2.1, 1);

        assertThat(errorIn(128).isTooFar(far)).isTrue();
        assertThat(errorIn(127).isTooFar(far)).isFalse();
        assertThat(errorIn(0).isTooFar(far)).isFalse();
    }

    @Test
    void twicePyTorchsErrorIsNotTooFar() {
        assertThat(errorIn(SIZE).isTooFar(Given.tap("x", 2, 1))).isFalse();
        assertThat(errorIn(SIZE).isTooFar(Given.tap("x", Double.NaN, 1))).isTrue();
    }
}
