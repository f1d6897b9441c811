package dev.touchstone.generation.processors;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SampleTest {
    /** The intervals are [0, 1/4), [1/4, 3/4) and the rest, although the sum is below 1. Tokens of probability 0 have none. */
    @ParameterizedTest
    @CsvSource({"0, 1", "0.2499, 1", "0.25, 3", "0.7499, 3", "0.75, 4", "0.999, 4", "0.9999999, 4"})
    void theTokenWhoseIntervalContainsThePointIsSampled(double point, int id) {
        double[] probabilities = {0, 0.25, 0, 0.5, 0.2499, 0};

        assertThat(Probabilities.sample(probabilities, point)).isEqualTo(id);
    }
}
