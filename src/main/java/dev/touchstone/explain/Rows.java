package dev.touchstone.explain;

import dev.touchstone.tensor.Tensor;
import java.util.stream.IntStream;

/** Statistics of a tensor's rows. */
final class Rows {
    private Rows() {}

    /** The Euclidean norm of each row, {@code sqrt(sum x²)}. (T, C) -> (T) */
    static double[] norms(Tensor x) {
        return IntStream.range(0, x.rows()).mapToDouble(row -> norm(x, row)).toArray();
    }

    private static double norm(Tensor x, int row) {
        double sum = 0;
        for (int c = 0; c < x.size(-1); c++) {
            sum += (double) x.at(row, c) * x.at(row, c);
        }
        return Math.sqrt(sum);
    }

    /** The largest absolute value. */
    static float largest(Tensor x) {
        float largest = 0;
        for (float value : x.data()) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    /** The last row. (T, C) -> (C) */
    static float[] last(Tensor x) {
        return x.rows(x.rows() - 1, x.rows()).data();
    }
}
