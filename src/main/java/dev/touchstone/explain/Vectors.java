package dev.touchstone.explain;

import dev.touchstone.tensor.Tensor;
import java.util.stream.IntStream;

/**
 * A tensor with a row for each token, as a picture and in figures.
 *
 * @param picture numbers as bytes, {@code 127 x / scale}, packed; of each row the first {@code drawn}
 * @param drawn how many columns the picture has
 * @param scale the largest absolute value
 * @param lengths of the rows
 * @param ends the first three numbers of each row and its last
 */
public record Vectors(
        String tap, int[] shape, String picture, int drawn, float scale, double[] lengths, float[][] ends) {
    private static final int MOST_DRAWN = 1024;

    static Vectors of(String tap, Tensor x) {
        int columns = x.size(-1);
        int drawn = Math.min(MOST_DRAWN, columns);
        float scale = Rows.largest(x);
        float[][] ends =
                IntStream.range(0, x.rows()).mapToObj(row -> ends(x, row)).toArray(float[][]::new);
        return new Vectors(
                tap, x.shape(), Packed.signed(x.columns(0, drawn), scale), drawn, scale, Rows.lengths(x), ends);
    }

    private static float[] ends(Tensor x, int row) {
        int last = x.size(-1) - 1;
        return new float[] {x.at(row, 0), x.at(row, Math.min(1, last)), x.at(row, Math.min(2, last)), x.at(row, last)};
    }
}
