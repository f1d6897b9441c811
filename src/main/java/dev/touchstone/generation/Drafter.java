package dev.touchstone.generation;

import java.util.List;
import java.util.random.RandomGenerator;

/** Proposes tokens at low cost, which {@link SpeculativeGenerator} verifies. */
@FunctionalInterface
public interface Drafter {
    /**
     * Proposed tokens.
     *
     * @param probabilities for each token the distribution that it was sampled from; if it was not sampled, 1 for the token itself
     */
    record Draft(int[] ids, List<double[]> probabilities) {
        /** No proposal. */
        static final Draft NONE = new Draft(new int[0], List.of());
    }

    /** At most {@code count} tokens after {@code ids}, chosen with the settings of the target. */
    Draft propose(int[] ids, int count, Settings settings, RandomGenerator random);
}
