package dev.touchstone.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.kernels.QuantizedWeights;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MatrixTest {
    @Property(tries = 100)
    void weightsEqualThoseThatWerePut(
            @ForAll @IntRange(min = 1, max = 150) int inputs,
            @ForAll @IntRange(min = 1, max = 150) int outputs,
            @ForAll("floats") Matrix.Type type,
            @ForAll long seed) {
        Random random = new Random(seed);
        short[] bits = new short[inputs * outputs];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = (short) random.nextInt(0x7C00);
        }
        Matrix byInput = Matrix.zeros(type, inputs, outputs);
        Matrix byOutput = Matrix.zeros(type, inputs, outputs);
        int cut = inputs / 2;

        put(byInput, true, 0, cut, bits, outputs);
        put(byInput, true, cut, inputs, bits, outputs);
        put(byOutput, false, 0, outputs, transposed(bits, inputs, outputs), inputs);

        assertThat(byInput.sameAs(byOutput)).isTrue();
        for (int i = 0; i < inputs; i++) {
            for (int o = 0; o < outputs; o++) {
                assertThat(byInput.at(i, o)).isEqualTo(value(type, bits[i * outputs + o]));
            }
        }
    }

    @Provide
    Arbitrary<Matrix.Type> floats() {
        return Arbitraries.of(Matrix.Type.FLOAT32, Matrix.Type.BFLOAT16, Matrix.Type.FLOAT16);
    }

    @Test
    void quantizedWeightsEqualTheFormula() {
        for (Quantization quantization : QuantizedWeights.ALL) {
            QuantizedWeights weights = QuantizedWeights.random(new Random(1), quantization, 512, 70);
            for (int o = 0; o < 70; o++) {
                for (int i = 0; i < 512; i++) {
                    assertThat(weights.matrix().at(i, o))
                            .isEqualTo(weights.wide().at(o, i));
                }
            }
        }
    }

    @Test
    void quantizedWeightsThatDifferAreNotTheSame() {
        Quantization quantization = QuantizedWeights.ALL.get(1);
        Matrix matrix =
                QuantizedWeights.random(new Random(1), quantization, 64, 70).matrix();

        assertThat(matrix.sameAs(QuantizedWeights.random(new Random(1), quantization, 64, 70)
                        .matrix()))
                .isTrue();
        assertThat(matrix.sameAs(QuantizedWeights.random(new Random(2), quantization, 64, 70)
                        .matrix()))
                .isFalse();
        assertThatThrownBy(() -> Matrix.zeros(quantization, 48, 70))
                .hasMessage("48 inputs, expected a multiple of the block, 32");
    }

    @Property
    void anIndexGivesInputAndOutput(
            @ForAll @IntRange(min = 0, max = 95) int input, @ForAll @IntRange(min = 0, max = 149) int output) {
        Matrix matrix = Matrix.zeros(QuantizedWeights.ALL.get(0), 96, 150);

        assertThat(matrix.input(matrix.index(input, output))).isEqualTo(input);
        assertThat(matrix.output(matrix.index(input, output))).isEqualTo(output);
    }

    @Test
    void matricesThatDifferInOneWeightAreNotTheSame() {
        Tensor rows = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
        Matrix matrix = Matrix.ofInputRows(rows);

        assertThat(matrix.sameAs(Matrix.ofInputRows(rows))).isTrue();
        rows.data()[5] = 7;
        assertThat(matrix.sameAs(Matrix.ofInputRows(rows))).isFalse();
        assertThat(matrix.sameAs(Matrix.ofOutputRows(rows))).isFalse();
        assertThat(matrix.sameAs(Matrix.zeros(Matrix.Type.BFLOAT16, 2, 3))).isFalse();
    }

    @Test
    void aMatrixThatDoesNotFitAnArrayIsRefused() {
        assertThatThrownBy(() -> Matrix.zeros(Matrix.Type.BFLOAT16, 50_000, 50_000))
                .hasMessage("a matrix of 50000 x 50000 does not fit an array");
    }

    /** A weight of Q8_0 takes more than a byte, with its share of the scale. */
    @Test
    void quantizedWeightsFitByTheirBytes() {
        int side = 46_336;

        assertThat(Matrix.fits(null, side, side)).isTrue();
        assertThat(Matrix.fits(Quantization.of(32, 32, 4, 0), side, side)).isTrue();
        assertThat(Matrix.fits(Quantization.of(32, 32, 8, 0), side, side)).isFalse();
    }

    private static float value(Matrix.Type type, short bits) {
        return switch (type) {
            case FLOAT32 -> bits;
            case BFLOAT16 -> HalfPrecision.fromBfloat16(bits);
            case FLOAT16 -> HalfPrecision.fromFloat16(bits);
            case QUANTIZED -> throw new IllegalArgumentException("quantised weights have scales");
        };
    }

    private static void put(Matrix matrix, boolean inputs, int from, int to, short[] bits, int width) {
        short[] rows = Arrays.copyOfRange(bits, from * width, to * width);
        if (matrix.type() != Matrix.Type.FLOAT32) {
            if (inputs) {
                matrix.putInputRows(from, to - from, rows);
            } else {
                matrix.putOutputRows(from, to - from, rows);
            }
            return;
        }
        float[] floats = new float[rows.length];
        for (int i = 0; i < rows.length; i++) {
            floats[i] = rows[i];
        }
        if (inputs) {
            matrix.putInputRows(from, to - from, floats);
        } else {
            matrix.putOutputRows(from, to - from, floats);
        }
    }

    private static short[] transposed(short[] bits, int rows, int columns) {
        short[] transposed = new short[bits.length];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                transposed[c * rows + r] = bits[r * columns + c];
            }
        }
        return transposed;
    }

    @ParameterizedTest
    @ValueSource(ints = {0x7C00, 0xFC00, 0x7C01, 0xFE00})
    void remembersThatAFloat16IsNotFinite(int bits) {
        Matrix byInputs = Matrix.zeros(Matrix.Type.FLOAT16, 2, 65);
        Matrix byOutputs = Matrix.zeros(Matrix.Type.FLOAT16, 65, 2);
        short[] row = new short[65];
        row[64] = (short) 0x7BFF;

        byInputs.putInputRows(1, 1, row);
        byOutputs.putOutputRows(1, 1, row);
        assertThat(byInputs.isFiniteFloat16()).isTrue();
        assertThat(byOutputs.isFiniteFloat16()).isTrue();

        row[64] = (short) bits;
        byInputs.putInputRows(1, 1, row);
        byOutputs.putOutputRows(1, 1, row);
        assertThat(byInputs.isFiniteFloat16()).isFalse();
        assertThat(byOutputs.isFiniteFloat16()).isFalse();
    }
}
