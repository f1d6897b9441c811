package dev.touchstone.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.tensor.Matrix;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightTypeTest {
    @ParameterizedTest
    @CsvSource({"FLOAT16, 2, 4", "BFLOAT16, 2, 4", "FLOAT32, 4, 4"})
    void weightsOf16BitsTakeTwoBytesUnlessTheyAreWidened(Matrix.Type type, int stored, int wide) {
        assertThat(WeightType.STORED.bytes(type)).isEqualTo(stored);
        assertThat(WeightType.FLOAT32.bytes(type)).isEqualTo(wide);
    }
}
