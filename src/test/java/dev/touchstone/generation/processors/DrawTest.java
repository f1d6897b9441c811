package dev.touchstone.generation.processors;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DrawTest {
    /** Shares are [0, 1/4), none, [1/4, 3/4), and the rest, which is a hair too small; one that is 0 is never drawn. */
    @ParameterizedTest
    @CsvSource({"0, 1", "0.2499, 1", "0.25, 3", "0.7499, 3", "0.75, 4", "0.999, 4", "0.9999999, 4"})
    void theShareThatHoldsThePointIsDrawn(double point, int id) {
        double[] probabilities = {0, 0.25, 0, 0.5, 0.2499, 0};

        assertThat(Probabilities.draw(probabilities, point)).isEqualTo(id);
    }
}
