package dev.touchstone.generation;

import java.util.List;
import java.util.random.RandomGenerator;

/** Guesses cheaply how a text goes on, for {@link SpeculativeGenerator} to verify. */
@FunctionalInterface
public interface Drafter {
    /**
     * Tokens that may come next.
     *
     * @param probabilities for each token the distribution that it was sampled from; 1 for the token itself if it was not sampled
     */
    record Draft(int[] ids, List<double[]> probabilities) {
        /** Nothing comes to mind. */
        static final Draft NONE = new Draft(new int[0], List.of());
    }

    /** At most {@code count} tokens after {@code ids}, chosen under the same settings as the target's. */
    Draft propose(int[] ids, int count, Settings settings, RandomGenerator random);
}
