package dev.touchstone.parity.diagnosis;

import java.util.List;
import java.util.stream.IntStream;

/** Least squares: the factors of a few vectors whose weighted sum is nearest to a target. */
final class LeastSquares {
    private LeastSquares() {}

    /**
     * Solves the normal equations over some elements. A vector that depends linearly on those before it has the factor 0.
     *
     * @param elements the indices that count
     * @return a factor for each vector
     */
    static double[] fit(List<double[]> vectors, double[] target, int[] elements) {
        int n = vectors.size();
        double[][] a = new double[n][n + 1];
        for (int row = 0; row < n; row++) {
            for (int column = 0; column <= n; column++) {
                a[row][column] = dot(vectors.get(row), column < n ? vectors.get(column) : target, elements);
            }
        }
        double[] scale = IntStream.range(0, n).mapToDouble(i -> a[i][i]).toArray();
        for (int pivot = 0; pivot < n; pivot++) {
            boolean free = a[pivot][pivot] > 1e-9 * scale[pivot];
            for (int row = 0; row < n; row++) {
                double factor = row == pivot || !free ? 0 : a[row][pivot] / a[pivot][pivot];
                for (int column = pivot; column <= n; column++) {
                    a[row][column] -= factor * a[pivot][column];
                }
            }
        }
        return IntStream.range(0, n)
                .mapToDouble(i -> a[i][i] > 1e-9 * scale[i] ? a[i][n] / a[i][i] : 0)
                .toArray();
    }

    private static double dot(double[] x, double[] y, int[] elements) {
        double sum = 0;
        for (int i : elements) {
            sum += x[i] * y[i];
        }
        return sum;
    }
}
