package dev.touchstone.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Quantization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightTypeTest {
    /** A tensor of which only the type and the size are known. */
    private record Typed(Matrix.Type matrixType, Quantization quantization, int size) implements StoredTensor {
        @Override
        public String name() {
            return "x";
        }

        @Override
        public String file() {
            return "x";
        }

        @Override
        public String typeName() {
            return matrixType.name();
        }

        @Override
        public int[] shape() {
            return new int[] {size};
        }

        @Override
        public long bytes() {
            return 0;
        }

        @Override
        public boolean isFloat() {
            return true;
        }

        @Override
        public Reader reader(int largest) {
            throw new UnsupportedOperationException();
        }
    }

    @ParameterizedTest
    @CsvSource({"FLOAT16, 200, 400", "BFLOAT16, 200, 400", "FLOAT32, 400, 400"})
    void weightsOf16BitsTakeTwoBytesUnlessTheyAreWidened(Matrix.Type type, int stored, int wide) {
        assertThat(WeightType.STORED.bytes(new Typed(type, null, 100))).isEqualTo(stored);
        assertThat(WeightType.FLOAT32.bytes(new Typed(type, null, 100))).isEqualTo(wide);
    }

    /** A byte each, and 4 bytes for the scale, and for the minimum, of each group. */
    @ParameterizedTest
    @CsvSource({"32, false, 36", "32, true, 40", "16, false, 40", "16, true, 48"})
    void quantizedWeightsTakeAByteAndAShareOfTheirScale(int group, boolean minima, int stored) {
        Typed tensor = new Typed(Matrix.Type.INT8, new Quantization(group, minima), 32);

        assertThat(WeightType.STORED.bytes(tensor)).isEqualTo(stored);
        assertThat(WeightType.FLOAT32.bytes(tensor)).isEqualTo(128);
    }

    @Test
    void sizesAreRoundedUp() {
        assertThat(WeightType.STORED.bytes(new Typed(Matrix.Type.INT8, new Quantization(32, false), 1)))
                .isEqualTo(2);
    }
}
