package dev.touchstone.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.generation.Beams.EarlyStopping;
import org.junit.jupiter.api.Test;

/** Scores computed by hand with the formula {@code logProbability / length^lengthPenalty}. */
class FinishedBeamsTest {
    private static final int LONGEST = 10;

    private static FinishedBeams finished(double penalty, EarlyStopping early) {
        return new FinishedBeams(new Beams(2, penalty, early), LONGEST);
    }

    @Test
    void theBestTextHasTheHighestScoreAndIsTheFirstOfEquals() {
        FinishedBeams finished = finished(1, EarlyStopping.FALSE);

        finished.add(new int[] {1}, -3, 1);
        assertThat(finished.best()).containsExactly(1);
        finished.add(new int[] {2}, -4, 2); // -2, although it is less likely
        assertThat(finished.best()).containsExactly(2);
        finished.add(new int[] {3}, -2, 1);
        assertThat(finished.best()).containsExactly(2);
        finished.add(new int[] {4}, -1, 1);
        assertThat(finished.best()).containsExactly(4);
    }

    @Test
    void theSearchContinuesWhileThereAreFewerTextsThanBeams() {
        for (EarlyStopping early : EarlyStopping.values()) {
            FinishedBeams finished = finished(1, early);
            assertThat(finished.enough(-99, 1)).isFalse();

            finished.add(new int[] {1}, -1, 1);
            assertThat(finished.enough(-99, 1)).isFalse();

            finished.add(new int[] {2}, -1, 1);
            assertThat(finished.enough(-99, 1)).isTrue();
        }
    }

    @Test
    void theBestBeamMustBeatTheWorstFinishedText() {
        FinishedBeams finished = finished(1, EarlyStopping.FALSE);
        finished.add(new int[] {1}, -3, 1);
        finished.add(new int[] {2}, -1, 1);
        finished.add(new int[] {3}, -2, 1); // the worst of the two best; the one of -3 is dropped

        assertThat(finished.enough(-5.9, 3)).isFalse();
        assertThat(finished.enough(-6, 3)).isTrue();
        assertThat(finished.enough(-6.1, 3)).isTrue();
    }

    @Test
    void earlyStoppingIgnoresTheRemainingBeams() {
        FinishedBeams finished = finished(1, EarlyStopping.TRUE);
        finished.add(new int[] {1}, -3, 1);
        finished.add(new int[] {2}, -3, 1);

        assertThat(finished.enough(-1, 1)).isTrue();
    }

    /** At its length now, 2, the beam's score is -2; at length 10 it could still be -0.4. */
    @Test
    void neverUsesTheMaximumLengthIfThePenaltyFavoursLongTexts() {
        FinishedBeams now = finished(1, EarlyStopping.FALSE);
        FinishedBeams never = finished(1, EarlyStopping.NEVER);
        for (FinishedBeams finished : new FinishedBeams[] {now, never}) {
            finished.add(new int[] {1}, -0.5, 1);
            finished.add(new int[] {2}, -0.5, 1);
        }

        assertThat(now.enough(-4, 2)).isTrue();
        assertThat(never.enough(-4, 2)).isFalse();
        assertThat(never.enough(-5, 2)).isTrue();
    }

    /** With a penalty of -1 the score is the log-probability times the length: -1 now, -10 at length 10. */
    @Test
    void neverUsesTheCurrentLengthIfThePenaltyFavoursShortTexts() {
        FinishedBeams never = finished(-1, EarlyStopping.NEVER);
        never.add(new int[] {1}, -2, 1);
        never.add(new int[] {2}, -2, 1);

        assertThat(never.enough(-1, 1)).isFalse();
        assertThat(never.enough(-1, 2)).isTrue();
    }
}
