package dev.touchstone.parity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TorchReferenceTest {
    private static final int SIZE = 1000;

    /** A reference in which PyTorch's error is 1 for {@code count} elements, and 0 for the others. */
    private static TorchReference errorIn(int count) {
        float[] actual = new float[SIZE];
        Arrays.fill(actual, 0, count, 1);
        return new TorchReference(
                new int[] {1},
                Map.of("x", new int[] {SIZE, 1}),
                Map.of("x", actual),
                Map.of("x", new double[SIZE]),
                Map.of("x", 1.0));
    }

    @Test
    void theRatioIsLimitedIfManyNumbersHaveAnError() {
        TapResult far = Given.tap("x", 2.1, 1);

        assertThat(errorIn(128).exceedsRatio(far)).isTrue();
        assertThat(errorIn(127).exceedsRatio(far)).isFalse();
        assertThat(errorIn(0).exceedsRatio(far)).isFalse();
    }

    @Test
    void twicePyTorchsErrorIsAllowed() {
        assertThat(errorIn(SIZE).exceedsRatio(Given.tap("x", 2, 1))).isFalse();
        assertThat(errorIn(SIZE).exceedsRatio(Given.tap("x", Double.NaN, 1))).isTrue();
    }
}
