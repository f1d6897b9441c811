package dev.touchstone.parity.errors;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ErrorDistributionTest {
    private static final int SIZE = 12;

    @Test
    void sortsErrorsByUnitsInTheLastPlace() {
        float[] actual = ones();
        actual[1] = Math.nextUp(1f); // 1 ulp
        actual[2] = 1 + 3 * Math.ulp(1f);
        actual[3] = 1e9f;
        double[] expected = doubles(1);
        expected[4] = 1 + Math.ulp(1f) / 4.0; // an error of a quarter of an ulp
        int[] histogram = of(actual, expected).histogram();

        assertThat(histogram[0]).isEqualTo(SIZE - 4);
        assertThat(histogram[1]).isEqualTo(1); // up to 1/2
        assertThat(histogram[2]).isEqualTo(1); // up to 1
        assertThat(histogram[4]).isEqualTo(1); // up to 4
        assertThat(histogram[ErrorDistribution.BUCKETS - 1]).isEqualTo(1);
    }

    @Test
    void listsTheLargestErrorsFirstWithTheirIndices() {
        float[] actual = ones();
        for (int i = 0; i < SIZE; i++) {
            actual[i] += i * 0.125f;
        }
        ErrorDistribution distribution = of(actual, doubles(1));

        assertThat(distribution.worst()).hasSize(8);
        assertThat(distribution.worst().get(0).index()).containsExactly(2, 3);
        assertThat(distribution.worst().get(0).actual()).isEqualTo(1 + 11 * 0.125f);
        assertThat(distribution.worst().get(7).index()).containsExactly(1, 0);
        assertThat(distribution.worst()).isSortedAccordingTo((a, b) -> Float.compare(b.actual(), a.actual()));
    }

    @Test
    void nanIsTheLargestErrorAndExceedsEveryBound() {
        float[] actual = ones();
        actual[5] = Float.NaN;
        actual[6] = 2;
        ErrorDistribution distribution = of(actual, doubles(1));

        assertThat(distribution.overBound()).isEqualTo(2);
        assertThat(distribution.worst().get(0).index()).containsExactly(1, 1);
        assertThat(distribution.histogram()[ErrorDistribution.BUCKETS - 1]).isEqualTo(2);
    }

    @Test
    void expectedInfinityIsExact() {
        float[] actual = ones();
        double[] expected = doubles(1);
        actual[0] = Float.NEGATIVE_INFINITY;
        expected[0] = Double.NEGATIVE_INFINITY;

        assertThat(of(actual, expected).overBound()).isZero();
        assertThat(of(actual, expected).histogram()[0]).isEqualTo(SIZE);
    }

    @Test
    void indicesAreInRowMajorOrder() {
        assertThat(ErrorDistribution.index(0, new int[] {2, 3, 5})).containsExactly(0, 0, 0);
        assertThat(ErrorDistribution.index(29, new int[] {2, 3, 5})).containsExactly(1, 2, 4);
        assertThat(ErrorDistribution.index(17, new int[] {2, 3, 5})).containsExactly(1, 0, 2);
    }

    private static ErrorDistribution of(float[] actual, double[] expected) {
        return ErrorDistribution.of(actual, expected, ones(), 1, 3, 4);
    }

    private static float[] ones() {
        float[] ones = new float[SIZE];
        Arrays.fill(ones, 1);
        return ones;
    }

    private static double[] doubles(double value) {
        double[] doubles = new double[SIZE];
        Arrays.fill(doubles, value);
        return doubles;
    }
}
