package dev.touchstone.kernels;

import dev.touchstone.tensor.HalfPrecision;
import dev.touchstone.tensor.Matrix;
import java.util.Arrays;

/** {@link VectorTiles} as plain loops, for as long as {@link WarmUp} lasts: the same sums in the same order. */
final class PlainTiles {
    private static final int COLUMNS = VectorTiles.COLUMNS;

    private PlainTiles() {}

    static void add(int rows, float[] x, int xAt, float[] w, int wAt, int inputs, float[] y, int yAt) {
        float[] sums = new float[COLUMNS];
        for (int r = 0; r < rows; r++) {
            Arrays.fill(sums, 0);
            for (int i = 0; i < inputs; i++) {
                multiplyAdd(x[xAt + r * ScalarKernels.BLOCK + i], w, wAt + i * COLUMNS, sums);
            }
            for (int c = 0; c < COLUMNS; c++) {
                y[yAt + r * COLUMNS + c] += sums[c];
            }
        }
    }

    /** C2 makes vectors of this by itself. */
    private static void multiplyAdd(float x, float[] w, int at, float[] sums) {
        for (int c = 0; c < COLUMNS; c++) {
            sums[c] = Math.fma(x, w[at + c], sums[c]);
        }
    }

    /** {@code count} weights of 16 bits, widened. */
    static void widen(Matrix weight, int at, int count, float[] to) {
        boolean bfloat16 = weight.type() == Matrix.Type.BFLOAT16;
        for (int i = 0; i < count; i++) {
            short half = weight.halves()[at + i];
            to[i] = bfloat16 ? HalfPrecision.fromBfloat16(half) : HalfPrecision.fromFloat16(half);
        }
    }
}
