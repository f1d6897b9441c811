package dev.touchstone.parity.errors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class DeviationTest {
    private static final float INFINITE = Float.POSITIVE_INFINITY;

    @Test
    void computesTheRootMeanSquareAndTheLargestError() {
        Deviation deviation = Deviation.of(new float[] {1, 2, 3, -4}, new double[] {1, 2, 6, -8});

        assertThat(deviation.rms()).isCloseTo(Math.sqrt((9 + 16) / 4.0), within(1e-12));
        assertThat(deviation.max()).isEqualTo(4);
        assertThat(deviation.worst()).isEqualTo(3);
        assertThat(deviation.scale()).isEqualTo(8);
        assertThat(deviation.finite()).isEqualTo(4);
    }

    @Test
    void expectedInfinityIsExactAndNotCounted() {
        Deviation deviation = Deviation.of(new float[] {1, -INFINITE}, new double[] {3, Double.NEGATIVE_INFINITY});

        assertThat(deviation.finite()).isEqualTo(1);
        assertThat(deviation.rms()).isEqualTo(2);
        assertThat(deviation.scale()).isEqualTo(3);
    }

    @Test
    void unexpectedOrMissingInfinityIsAnInfiniteError() {
        fails(new float[] {1, 2}, 1, Double.NEGATIVE_INFINITY);
        fails(new float[] {1, -INFINITE}, 1, 2);
        fails(new float[] {1, INFINITE}, 1, Double.NEGATIVE_INFINITY);
    }

    @Test
    void nanOnEitherSideIsAnInfiniteError() {
        fails(new float[] {1, Float.NaN}, 1, 2);
        fails(new float[] {1, 2}, 1, Double.NaN);
        fails(new float[] {1, Float.NaN}, 1, Double.NaN);
        fails(new float[] {1, Float.NaN}, 1, Double.NEGATIVE_INFINITY);
    }

    private static void fails(float[] actual, double... expected) {
        Deviation deviation = Deviation.of(actual, expected);

        assertThat(deviation.max()).isInfinite();
        assertThat(deviation.rms()).isInfinite();
        assertThat(deviation.worst()).isEqualTo(1);
        assertThat(deviation.within(1e30)).isFalse();
    }

    @Test
    void exactValuesAreWithinEveryBoundEvenOfZeros() {
        assertThat(Deviation.of(new float[3], new double[3]).within(0)).isTrue();
        assertThat(Deviation.of(new float[] {5}, new double[] {5}).within(0)).isTrue();
    }

    @Test
    void theBoundIsRelativeToTheLargestExpectedValue() {
        Deviation deviation = Deviation.of(new float[] {1, 100.5f}, new double[] {1, 100});

        assertThat(deviation.within(0.005)).isTrue();
        assertThat(deviation.within(0.00499)).isFalse();
    }

    @Test
    void ifEverythingIsMaskedTheErrorIsThatOfTheMask() {
        double[] masked = {Double.NEGATIVE_INFINITY};

        assertThat(Deviation.of(new float[] {-INFINITE}, masked).rms()).isZero();
        assertThat(Deviation.of(new float[] {0}, masked).rms()).isInfinite();
    }

    @Test
    void otherSizesAreRefused() {
        assertThatThrownBy(() -> Deviation.of(new float[2], new double[3])).hasMessage("2 values against 3");
    }
}
