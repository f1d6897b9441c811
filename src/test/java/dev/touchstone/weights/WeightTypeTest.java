package dev.touchstone.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.checkpoint.safetensors.DType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightTypeTest {
    /** Doubles are rounded to floats. */
    @ParameterizedTest
    @CsvSource({"F16, 2, 4", "BF16, 2, 4", "F32, 4, 4", "F64, 4, 4"})
    void sixteenBitsStaySixteenUnlessFloat32IsWanted(DType dtype, int stored, int wide) {
        assertThat(WeightType.STORED.bytes(dtype)).isEqualTo(stored);
        assertThat(WeightType.FLOAT32.bytes(dtype)).isEqualTo(wide);
    }
}
