package dev.touchstone.explain;

import dev.touchstone.tensor.Tensor;
import java.util.stream.IntStream;

/** Figures about the rows of a tensor. */
final class Rows {
    private Rows() {}

    /** The length of each row, {@code sqrt(sum x²)}. (T, C) -> (T) */
    static double[] lengths(Tensor x) {
        return IntStream.range(0, x.rows()).mapToDouble(row -> length(x, row)).toArray();
    }

    private static double length(Tensor x, int row) {
        double sum = 0;
        for (int c = 0; c < x.size(-1); c++) {
            sum += (double) x.at(row, c) * x.at(row, c);
        }
        return Math.sqrt(sum);
    }

    static float largest(Tensor x) {
        float largest = 0;
        for (float value : x.data()) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    static float[] last(Tensor x) {
        return x.rows(x.rows() - 1, x.rows()).data();
    }
}
