package dev.touchstone.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScoringTest {
    @Test
    void slopesOfEightHeadsEqualThoseOfThePaper() {
        assertThat(Scoring.alibiSlopes(8))
                .containsExactly(1 / 2., 1 / 4., 1 / 8., 1 / 16., 1 / 32., 1 / 64., 1 / 128., 1 / 256.);
    }

    /** Compares with the recursion in the code of the paper's authors. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 14, 16, 20, 25, 32, 40, 71, 112})
    void slopesOfAnyNumberOfHeads(int heads) {
        List<Double> expected = slopes(heads);
        List<Double> actual = Scoring.alibiSlopes(heads);

        assertThat(actual).hasSize(heads);
        for (int h = 0; h < heads; h++) {
            assertThat(actual.get(h) / expected.get(h)).isBetween(1 - 1e-13, 1 + 1e-13);
        }
    }

    /** The values are those of {@code build_alibi_tensor} in PyTorch: bfloat16 has 8 bits, so positions are rounded as well. */
    @Test
    void falconRoundsItsBiasToBfloat16AndScalesIt() {
        Scoring scoring = new Scoring(0.5f).withAlibiInBfloat16(List.of(Math.pow(2, -0.5), 0.25));

        assertThat(scoring.bias(Math.pow(2, -0.5), 0)).isZero();
        assertThat(scoring.bias(Math.pow(2, -0.5), 1)).isEqualTo(0.5f * 0.70703125f);
        assertThat(scoring.bias(Math.pow(2, -0.5), 3)).isEqualTo(0.5f * 2.125f);
        assertThat(scoring.bias(0.25, 257)).isEqualTo(0.5f * 64);
        assertThat(scoring.bias(0.25, 1000)).isEqualTo(0.5f * 250);
    }

    private static List<Double> slopes(int heads) {
        if (Integer.bitCount(heads) == 1) {
            double start = Math.pow(2, -Math.pow(2, -(Math.log(heads) / Math.log(2) - 3)));
            List<Double> slopes = new ArrayList<>();
            for (int i = 0; i < heads; i++) {
                slopes.add(start * Math.pow(start, i));
            }
            return slopes;
        }
        int lower = Integer.highestOneBit(heads);
        List<Double> slopes = new ArrayList<>(slopes(lower));
        List<Double> higher = slopes(2 * lower);
        for (int i = 0; slopes.size() < heads; i += 2) {
            slopes.add(higher.get(i));
        }
        return slopes;
    }

    @Test
    void aChunkBeginsAtAMultipleOfItsSize() {
        assertThat(new Scoring(1).withChunks(5).firstVisible(4)).isZero();
        assertThat(new Scoring(1).withChunks(5).firstVisible(5)).isEqualTo(5);
        assertThat(new Scoring(1).withChunks(5).firstVisible(14)).isEqualTo(10);
        assertThat(new Scoring(1).withChunks(1).firstVisible(7)).isEqualTo(7);
    }

    @Test
    void aWindowIncludesTheQuerysOwnPosition() {
        assertThat(new Scoring(1).withWindow(1).firstVisible(7)).isEqualTo(7);
        assertThat(new Scoring(1).withWindow(5).firstVisible(7)).isEqualTo(3);
        assertThat(new Scoring(1).withWindow(5).firstVisible(3)).isZero();
        assertThat(new Scoring(1).firstVisible(Integer.MAX_VALUE - 1)).isZero();
        assertThatThrownBy(() -> new Scoring(1).withChunks(0)).hasMessageContaining("a window of 0");
        assertThatThrownBy(() -> new Scoring(1).withWindow(0)).hasMessageContaining("a window of 0");
    }
}
