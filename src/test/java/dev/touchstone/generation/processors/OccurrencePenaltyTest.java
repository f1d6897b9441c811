package dev.touchstone.generation.processors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.touchstone.util.TouchstoneException;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/**
 * The formula in OpenAI's guide to advanced usage: {@code mu[j] -> mu[j] - c[j] * alpha_frequency - float(c[j] > 0) *
 * alpha_presence}, where {@code c[j]} is how often token j was sampled. And its {@code logit_bias}, which is added to the logits.
 */
class OccurrencePenaltyTest {
    private static final int VOCABULARY = 6;

    @Property(tries = 300)
    void equalsThePublishedFormula(
            @ForAll @Size(VOCABULARY) float[] mu,
            @ForAll @Size(min = 1, max = 9) List<@IntRange(max = VOCABULARY - 1) Integer> sequence,
            @ForAll @IntRange(max = 9) int prompt,
            @ForAll @DoubleRange(min = -2, max = 2) double presence,
            @ForAll @DoubleRange(min = -2, max = 2) double frequency) {
        int[] ids = sequence.stream().mapToInt(Integer::intValue).toArray();
        int sampled = Math.min(prompt, ids.length);

        float[] penalized = new OccurrencePenalty(presence, frequency, sampled).process(ids, mu);

        for (int j = 0; j < VOCABULARY; j++) {
            int c = 0;
            for (int s = sampled; s < ids.length; s++) {
                c += ids[s] == j ? 1 : 0;
            }
            double expected = mu[j] - c * frequency - (c > 0 ? 1.0 : 0.0) * presence;
            double rounding = 3 * Math.ulp(Math.abs(mu[j]) + 20);
            assertThat((double) penalized[j]).isCloseTo(expected, within(rounding));
        }
    }

    @Test
    void tokensOfThePromptDoNotCount() {
        float[] scores = new OccurrencePenalty(1, 0.5, 2).process(new int[] {0, 1, 2, 2}, new float[] {5, 5, 5, 5});

        assertThat(scores).containsExactly(5, 5, 3, 5);
    }

    @Test
    void aBiasIsAddedToTheScoreOfItsToken() {
        float[] scores = new LogitBias(Map.of(2, -100.0, 0, 1.5)).process(new int[] {0}, new float[] {1, 2, 3});

        assertThat(scores).containsExactly(2.5f, 2, -97);
    }

    @Test
    void numbersThatAreNotFiniteAndUnknownTokensAreRefused() {
        assertThatThrownBy(() -> new OccurrencePenalty(Double.NaN, 0, 0))
                .isInstanceOf(TouchstoneException.class)
                .hasMessage("presence penalty must be a finite number, got NaN");
        assertThatThrownBy(() -> new OccurrencePenalty(0, 1e39, 0)).hasMessageStartingWith("frequency penalty");
        assertThatThrownBy(() -> new LogitBias(Map.of(3, Double.POSITIVE_INFINITY)))
                .hasMessageContaining("token 3");
        assertThatThrownBy(() -> new LogitBias(Map.of(3, 1.0)).process(new int[] {0}, new float[] {1, 2, 3}))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageContaining("token 3, which is not in the vocabulary of 3 tokens");
    }
}
