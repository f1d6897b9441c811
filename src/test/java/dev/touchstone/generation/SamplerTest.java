package dev.touchstone.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.touchstone.generation.processors.Distributions;
import dev.touchstone.generation.processors.Distributions.Input;
import dev.touchstone.generation.processors.NoRepeatNgram;
import dev.touchstone.generation.processors.Probabilities;
import dev.touchstone.support.ChiSquare;
import dev.touchstone.util.TouchstoneException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Domain(Distributions.class)
@Domain(DomainContext.Global.class)
class SamplerTest {
    private static final float NONE = Float.NEGATIVE_INFINITY;
    private static final int SAMPLES = 100_000;

    @Property(tries = 300)
    void softmaxEqualsItsDefinition(@ForAll Input input) {
        double[] expected = BruteForce.probabilities(input.scores());

        double[] actual = Probabilities.softmax(input.scores());

        for (int v = 0; v < expected.length; v++) {
            assertThat(actual[v]).isCloseTo(expected[v], within(1e-14));
        }
    }

    @Property(tries = 300)
    void theTokenWhoseIntervalContainsThePointIsSampled(
            @ForAll Input input, @ForAll @DoubleRange(min = 0, max = 1, maxIncluded = false) double point) {
        double[] probabilities = Probabilities.softmax(input.scores());
        double sum = 0;
        int expected = 0;
        while (expected < probabilities.length - 1 && sum + probabilities[expected] <= point) {
            sum += probabilities[expected++];
        }

        assertThat(Probabilities.sample(probabilities, point)).isEqualTo(expected);
    }

    @Property(tries = 300)
    void greedyTakesTheFirstOfTheLargestScores(@ForAll Input input) {
        int best = Sampler.GREEDY.pick(input.scores(), new Random(1));

        for (int v = 0; v < input.vocabulary(); v++) {
            assertThat(input.scores()[v]).isLessThanOrEqualTo(input.scores()[best]);
            assertThat(v < best && input.scores()[v] == input.scores()[best]).isFalse();
        }
    }

    /** The false positive rate is 1e-6 per seed; seeds are fixed, so the test is deterministic. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void multinomialSamplesByProbability(long seed) {
        int vocabulary = 2 + (int) seed * 3;
        float[] scores =
                Distributions.sample(seed, 1, vocabulary).get(0).scores().clone();
        scores[vocabulary / 2] = NONE;
        double[] expected = Probabilities.softmax(scores);
        for (int v = 0; v < vocabulary; v++) {
            expected[v] *= SAMPLES;
        }
        Random random = new Random(seed);
        long[] counts = new long[vocabulary];

        for (int i = 0; i < SAMPLES; i++) {
            counts[Sampler.MULTINOMIAL.pick(scores, random)]++;
        }

        assertThat(ChiSquare.statistic(counts, expected)).isLessThan(ChiSquare.limit(vocabulary - 2));
        assertThat(counts[vocabulary / 2])
                .as("samples of a token that is ruled out")
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
    void nanAndInfiniteScoresAreRefused(float wrong) {
        assertThatThrownBy(() -> Sampler.MULTINOMIAL.pick(new float[] {1, 2, wrong}, new Random(1)))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageContaining("the score of token 2 is ")
                .hasMessageContaining("check the checkpoint");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void anErrorIsReportedIfEveryTokenIsRuledOut(int vocabulary) {
        float[] scores = new NoRepeatNgram(1).process(new int[] {0, 1, 2, 3, 4}, new float[] {1, 2, 3, 4, 5});

        assertThatThrownBy(() -> Sampler.MULTINOMIAL.pick(Arrays.copyOf(scores, vocabulary), new Random(1)))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageStartingWith("every token is ruled out");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5, 1 - 0x1p-53})
    void theOnlyPossibleTokenIsAlwaysSampled(double point) {
        assertThat(Probabilities.sample(new double[] {1}, point)).isZero();
        assertThat(Probabilities.sample(new double[] {0, 1, 0}, point)).isEqualTo(1);
        assertThat(List.of(Sampler.values())).allMatch(sampler -> sampler.pick(new float[] {-3}, new Random(1)) == 0);
    }
}
