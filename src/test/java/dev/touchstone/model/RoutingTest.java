package dev.touchstone.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.touchstone.model.Weighting.Normalization;
import dev.touchstone.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** The choice of experts by bias and groups, and their weights, on numbers that can be checked by hand. */
class RoutingTest {
    private static final float[] SCORES = {0.1f, 0.6f, 0.5f, 0.4f, 0.7f, 0.05f};

    @Test
    void aBiasChangesTheChoice() {
        assertThat(chosen(new ExpertChoice(2))).containsExactly(1, 4);
        assertThat(chosen(new ExpertChoice(2, new float[] {0.9f, 0, 0, 0.3f, 0, 0}, null)))
                .containsExactly(0, 3);
    }

    /** The groups are {0.1, 0.6}, {0.5, 0.4} and {0.7, 0.05}. */
    @Test
    void onlyExpertsOfTheBestGroupsAreChosen() {
        assertThat(chosen(new ExpertChoice(2, null, new ExpertGroups(3, 1, 1, 0))))
                .containsExactly(4, 5);
        assertThat(chosen(new ExpertChoice(2, null, new ExpertGroups(3, 1, 2, 0))))
                .containsExactly(2, 3);
        assertThat(chosen(new ExpertChoice(2, null, new ExpertGroups(3, 2, 1, 0))))
                .containsExactly(1, 4);
    }

    @Test
    void aSoftmaxHasWeightsForLogitsFarApart() {
        Weighting softmax = new Weighting(Normalization.SOFTMAX, 1);

        assertThat(softmax.of(Tensor.of(new float[] {-800, 3, 800}, 1, 3)).data())
                .containsExactly(0, 0, 1);
        assertThat(softmax.of(Tensor.of(new float[] {900, 900, -900}, 1, 3)).data())
                .containsExactly(0.5f, 0.5f, 0);
    }

    @Test
    void scoresOfZeroHaveWeightsOfZero() {
        Weighting shares = new Weighting(Normalization.SUM, 2.5);

        assertThat(shares.of(Tensor.of(new float[] {0, 0}, 1, 2)).data()).containsExactly(0, 0);
        assertThat((double) shares.of(Tensor.of(new float[] {0.2f, 0.6f}, 1, 2)).data()[1])
                .isCloseTo(2.5 * 0.75, within(1e-6));
    }

    private static float[] chosen(ExpertChoice choice) {
        return choice.of(Tensor.of(SCORES, 1, SCORES.length)).data();
    }
}
