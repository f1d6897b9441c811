package dev.touchstone.kernels;

import static dev.touchstone.kernels.Hostile.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.tensor.HalfPrecision;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Single loops, also at indices that the kernels do not use. */
class LoopsTest {
    private static final List<Loops> BOTH = List.of(new PlainLoops(), new VectorLoops());

    /** Floats outside the rows of a block do not change, except the spare floats at the end. */
    @ParameterizedTest
    @CsvSource({"1, 1", "1, 5", "1, 32", "6, 1", "6, 5", "6, 32"})
    void aBlockIsAddedToTheTotals(int rows, int inputs) {
        Random random = new Random(1);
        int xAt = 3;
        int wAt = 48;
        int yAt = 2 * Matrix.PANEL;
        float[] x = Hostile.ORDINARY.array(random, xAt + 6 * ScalarKernels.BLOCK);
        float[] w = Hostile.ORDINARY.array(random, wAt + ScalarKernels.BLOCK * Matrix.PANEL);
        float[] before = VectorTiles.totals(9);
        System.arraycopy(Hostile.ORDINARY.array(random, 9 * Matrix.PANEL), 0, before, 0, 9 * Matrix.PANEL);
        float[] expected = before.clone();
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < Matrix.PANEL; c++) {
                float sum = 0;
                for (int i = 0; i < inputs; i++) {
                    sum = Math.fma(x[xAt + r * ScalarKernels.BLOCK + i], w[wAt + i * Matrix.PANEL + c], sum);
                }
                expected[yAt + r * Matrix.PANEL + c] += sum;
            }
        }

        for (Loops loops : BOTH) {
            float[] y = before.clone();
            if (rows == 1) {
                loops.addRow(x, xAt, w, wAt, inputs, y, yAt);
            } else {
                loops.addTile(x, xAt, w, wAt, inputs, Matrix.PANEL, y, yAt);
            }

            assertThat(Arrays.copyOf(y, 9 * Matrix.PANEL)).isEqualTo(Arrays.copyOf(expected, 9 * Matrix.PANEL));
        }
    }

    /** Floats between the rows do not change. */
    @Test
    void rowsAreScaled() {
        float[] x = Hostile.ORDINARY.array(new Random(1), 3 + 5 * Matrix.PANEL);
        int stride = Matrix.PANEL + 7;
        float[] expected = new float[2 + 5 * stride];
        for (int r = 0; r < 5; r++) {
            for (int c = 0; c < Matrix.PANEL; c++) {
                expected[2 + r * stride + c] = 0.3f * x[3 + r * Matrix.PANEL + c];
            }
        }

        for (Loops loops : BOTH) {
            float[] y = new float[expected.length];
            loops.scaleRows(x, 3, 0.3f, y, 2, stride, 5);

            assertThat(y).isEqualTo(expected);
        }
    }

    /** The probabilities are those of softmax; floats between the blocks do not change. */
    @ParameterizedTest
    @ValueSource(ints = {1, 16, 31, 32, 33, 64, 600})
    void softmaxIsWrittenToBlocks(int n) {
        float[] x = Hostile.ORDINARY.array(new Random(n), 3 + n);
        x[3 + n / 2] = Float.NEGATIVE_INFINITY;
        x[3 + n - 1] = 5; // the only one of a row of one
        float[] row = new float[n];
        new PlainLoops().softmax(x, 3, row, 0, n);
        int stride = ScalarKernels.BLOCK + 16;
        float[] expected = new float[2 + (n / ScalarKernels.BLOCK + 1) * stride];
        for (int i = 0; i < n; i++) {
            expected[2 + i / ScalarKernels.BLOCK * stride + i % ScalarKernels.BLOCK] = row[i];
        }

        for (Loops loops : BOTH) {
            float[] y = new float[expected.length];
            loops.softmaxToBlocks(x.clone(), 3, y, 2, stride, n);

            assertThat(y).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Matrix.Type.class,
            names = {"BFLOAT16", "FLOAT16"})
    void everyWeightOf16BitsIsWidenedExactly(Matrix.Type type) {
        short[] bits = new short[1 << 16];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = (short) i;
        }
        Matrix weight = Matrix.zeros(type, 1 << 10, Matrix.PANEL);
        weight.putInputRows(0, 1 << 10, bits);
        Tensor expected = Tensor.zeros(bits.length - Matrix.PANEL);
        for (int i = 0; i < expected.size(); i++) {
            short half = bits[Matrix.PANEL + i];
            expected.data()[i] =
                    type == Matrix.Type.FLOAT16 ? HalfPrecision.fromFloat16(half) : HalfPrecision.fromBfloat16(half);
        }

        for (Loops loops : BOTH) {
            Tensor y = Tensor.zeros(expected.size());
            loops.widen(weight, weight.index(1, 0), expected.size(), y.data());

            assertSameBits(y, expected);
        }
    }

    /** Tests the arguments around which the formula changes. */
    @ParameterizedTest
    @ValueSource(floats = {FloatMath.ERF_SPLIT, FloatMath.ERF_ONE, FloatMath.TANH_SPLIT, FloatMath.TANH_ONE})
    void erfAndTanhWhereTheirFormulasChange(float change) {
        Tensor x = Tensor.zeros(32);
        for (int i = 0; i < 32; i++) {
            x.data()[i] = (i % 2 == 0 ? change : -change) + (i / 2 - 8) * Math.ulp(change);
        }
        Tensor erf = Tensor.zeros(32);
        Tensor tanh = Tensor.zeros(32);
        for (int i = 0; i < 32; i++) {
            erf.data()[i] = FloatMath.erf(x.data()[i]);
            tanh.data()[i] = FloatMath.tanh(x.data()[i]);
        }
        Tensor y = Tensor.zeros(32);

        new VectorMath().erf(x.data(), 0, y.data(), 0, 32);
        assertSameBits(y, erf);
        new VectorMath().tanh(x.data(), 0, y.data(), 0, 32);
        assertSameBits(y, tanh);
    }
}
