package dev.touchstone.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.touchstone.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PredictionsTest {
    @Test
    void measuresTheDivergenceInNats() {
        Predictions predictions = of(logs(0.25f, 0.75f), logs(0.5, 0.5));

        assertThat(predictions.divergence())
                .isCloseTo(0.5 * Math.log(0.5 / 0.25) + 0.5 * Math.log(0.5 / 0.75), within(1e-7));
    }

    @Test
    void theDivergenceIsTheLargestOfAllPositions() {
        float[] ours = {0, 0, 0, 5};
        double[] truth = {0, 0, 5, 0};

        assertThat(of(ours, truth).divergence()).isGreaterThan(4);
        assertThat(of(ours, truth).sameArgmax()).isEqualTo(1);
        assertThat(of(ours, truth).positions()).isEqualTo(2);
    }

    @Test
    void equalLogitsDoNotDiverge() {
        Predictions predictions = of(new float[] {1, 2, 3, 4}, 1, 2, 3, 4);

        assertThat(predictions.divergence()).isCloseTo(0, within(1e-12));
        assertThat(predictions.sameArgmax()).isEqualTo(2);
    }

    @Test
    void listsTheMostLikelyIdsAtTheLastPosition() {
        Predictions predictions = of(new float[] {9, 0, 0, 1}, 9, 0, 1, 0);

        assertThat(predictions.ours().get(0).id()).isEqualTo(1);
        assertThat(predictions.truth().get(0).id()).isZero();
        assertThat(predictions.truth().get(0).probability()).isCloseTo(Math.E / (1 + Math.E), within(1e-12));
    }

    @Test
    void nanNeverAgrees() {
        Predictions predictions = of(new float[] {1, 2, Float.NaN, 4}, 1, 2, 3, 4);

        assertThat(predictions.divergence()).isInfinite();
        assertThat(predictions.sameArgmax()).isEqualTo(1);
    }

    @Test
    void hugeLogitsDoNotOverflow() {
        assertThat(of(new float[] {1e30f, -1e30f}, 1e30, -1e30).divergence()).isZero();
    }

    private static Predictions of(float[] ours, double... truth) {
        return Predictions.of(Tensor.of(ours, ours.length / 2, 2), truth);
    }

    private static float[] logs(float... probabilities) {
        float[] logs = new float[probabilities.length];
        for (int i = 0; i < logs.length; i++) {
            logs[i] = (float) Math.log(probabilities[i]);
        }
        return logs;
    }

    private static double[] logs(double... probabilities) {
        return Arrays.stream(probabilities).map(Math::log).toArray();
    }
}
