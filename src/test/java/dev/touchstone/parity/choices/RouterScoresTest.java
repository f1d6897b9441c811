package dev.touchstone.parity.choices;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.model.ExpertGroups;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class RouterScoresTest {
    /** If each score has an error of at most d, an expert that is chosen by mistake is at most 2 d behind. */
    @Property
    void errorsExplainMarginsUpToTwiceTheirSize(
            @ForAll @Size(9) List<@DoubleRange(min = -1, max = 1) Double> scores,
            @ForAll @Size(9) List<@DoubleRange(min = -0.1, max = 0.1) Double> errors,
            @ForAll @IntRange(min = 1, max = 8) int count) {
        double[] wrong = IntStream.range(0, 9)
                .mapToDouble(i -> scores.get(i) + errors.get(i))
                .toArray();

        assertThat(margin(scores, best(wrong, count))).isLessThanOrEqualTo(0.2 + 1e-12);
    }

    @Property
    void theMarginOfTheBestIsNotAboveZero(
            @ForAll @Size(9) List<@DoubleRange(min = -1, max = 1) Double> scores,
            @ForAll @IntRange(min = 1, max = 9) int count) {
        double[] right = scores.stream().mapToDouble(Double::doubleValue).toArray();

        assertThat(margin(scores, best(right, count))).isLessThanOrEqualTo(0);
    }

    @Test
    void theMarginIsTheLargestDifferenceOfExchangedExperts() {
        RouterScores three = new RouterScores(new double[] {9, 9, 9, 9, 1, 2, 4, 8, 9, 9, 9, 9}, 3);

        assertThat(three.margin(1, List.of(2, 3))).isEqualTo(-2);
        assertThat(three.margin(1, List.of(1, 3))).isEqualTo(2);
        assertThat(three.margin(1, List.of(0, 1))).isEqualTo(7);
        assertThat(three.margin(1, List.of(3))).isEqualTo(-4);
        assertThat(three.margin(2, List.of(0, 3))).isZero();
    }

    /** Groups of three experts with the scores 5 + 1, 4 + 3 and 2 + 2; the best two of each count, and two groups are considered. */
    @Test
    void expertsOfOtherGroupsAreAsFarBehindAsTheirGroups() {
        ExpertGroups groups = new ExpertGroups(3, 2, 2, Float.NEGATIVE_INFINITY);
        RouterScores one = new RouterScores(new double[] {5, 1, 0, 4, 3, 0, 2, 2, 0}, 1, groups);

        assertThat(one.margin(0, List.of(0, 3))).isEqualTo(-1);
        assertThat(one.margin(0, List.of(0, 4))).isEqualTo(1);
        assertThat(one.margin(0, List.of(3, 6))).isEqualTo(1);
        assertThat(one.margin(0, List.of(0, 6))).isEqualTo(1.5);
        assertThat(one.margin(0, List.of(0, 3, 6))).isInfinite();
    }

    @Test
    void indicesOfNoExpertAreNeverNearTies() {
        RouterScores one = new RouterScores(new double[] {1, 2, 3, 4}, 1);

        assertThat(one.margin(0, List.of(3, 4))).isInfinite();
        assertThat(one.margin(0, List.of(-1, 3))).isInfinite();
        assertThat(one.margin(0, List.of(3, 3))).isInfinite();
    }

    private static double margin(List<Double> scores, List<Integer> chosen) {
        return new RouterScores(scores.stream().mapToDouble(Double::doubleValue).toArray(), 1).margin(0, chosen);
    }

    private static List<Integer> best(double[] scores, int count) {
        return IntStream.range(0, scores.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -scores[i]))
                .limit(count)
                .toList();
    }
}
