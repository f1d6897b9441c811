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

    /** The codes, 2 bytes for a factor of a block, and a byte for a number of a group. */
    @Test
    void quantizedWeightsTakeTheirCodesAndAShareOfTheirScales() {
        assertThat(stored(Quantization.of(32, 32, 8, 0), 32)).isEqualTo(32 + 2);
        assertThat(stored(Quantization.of(32, 32, 4, 1).withMinima(), 32)).isEqualTo(16 + 4 + 4);
        assertThat(stored(Quantization.of(256, 16, 4, 2).withGroupBits(8), 256)).isEqualTo(128 + 64 + 16 + 2);
        assertThat(stored(Quantization.of(256, 16, 2, 0).withMinima().withGroupBits(4), 256))
                .isEqualTo(64 + 16 + 4);
        assertThat(stored(Quantization.of(32, 32, 8, 0), 1)).isEqualTo(2);
    }

    private static long stored(Quantization quantization, int size) {
        Typed tensor = new Typed(Matrix.Type.QUANTIZED, quantization, size);
        assertThat(WeightType.FLOAT32.bytes(tensor)).isEqualTo(4L * size);
        return WeightType.STORED.bytes(tensor);
    }
}
