package dev.touchstone.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.generation.Drafter.Draft;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PromptLookupTest {
    private static final Settings SETTINGS = Settings.greedy(9, Set.of(), Window.error(64));

    private static Draft drafted(int longest, int count, int... ids) {
        return new PromptLookup(longest, 9).propose(ids, count, SETTINGS, new Random(1));
    }

    @Test
    void tokensThatFollowedAnEarlierOccurrenceAreProposed() {
        assertThat(drafted(2, 2, 1, 2, 3, 1, 2).ids()).containsExactly(3, 1);
        assertThat(drafted(2, 9, 1, 2, 3, 1, 2).ids()).containsExactly(3, 1, 2);
        assertThat(drafted(1, 1, 5, 5).ids()).containsExactly(5);
    }

    @Test
    void theLongestMatchIsUsedAndOfThoseTheLatest() {
        assertThat(drafted(1, 1, 1, 2, 4, 3, 2, 5, 1, 2).ids()).containsExactly(5);
        assertThat(drafted(2, 1, 1, 2, 4, 3, 2, 5, 1, 2).ids()).containsExactly(4);
        assertThat(drafted(2, 1, 1, 2, 4, 1, 2, 5, 1, 2).ids()).containsExactly(5);
        assertThat(drafted(3, 1, 1, 2, 4, 3, 2, 5, 1, 2).ids()).containsExactly(4);
    }

    @Test
    void withoutAMatchNothingIsProposed() {
        assertThat(drafted(3, 4, 1, 2, 3).ids()).isEmpty();
        assertThat(drafted(3, 4, 1).ids()).isEmpty();
    }

    @Test
    void eachProposalHasProbabilityOne() {
        assertThat(drafted(2, 2, 1, 2, 3, 1, 2).probabilities())
                .containsExactly(new double[] {0, 0, 0, 1, 0, 0, 0, 0, 0}, new double[] {0, 1, 0, 0, 0, 0, 0, 0, 0});
    }
}
