package dev.touchstone.explain;

import dev.touchstone.tensor.Tensor;
import java.util.stream.IntStream;

/**
 * A tensor with one row per token, compressed for a heat map, with some of its numbers. (T, C)
 *
 * @param packed the first {@code columns} numbers of each row as bytes, {@code 127 x / scale}, see {@link Packed#signed}
 * @param columns the number of columns in {@code packed}
 * @param scale the largest absolute value
 * @param norms the Euclidean norm of each row
 * @param ends the first three numbers of each row and its last
 */
public record Vectors(
        String tap, int[] shape, String packed, int columns, float scale, double[] norms, float[][] ends) {
    private static final int MAX_COLUMNS = 1024;

    static Vectors of(String tap, Tensor x) {
        int columns = Math.min(MAX_COLUMNS, x.size(-1));
        float scale = Rows.largest(x);
        float[][] ends =
                IntStream.range(0, x.rows()).mapToObj(row -> ends(x, row)).toArray(float[][]::new);
        return new Vectors(
                tap, x.shape(), Packed.signed(x.columns(0, columns), scale), columns, scale, Rows.norms(x), ends);
    }

    private static float[] ends(Tensor x, int row) {
        int last = x.size(-1) - 1;
        return new float[] {x.at(row, 0), x.at(row, Math.min(1, last)), x.at(row, Math.min(2, last)), x.at(row, last)};
    }
}
