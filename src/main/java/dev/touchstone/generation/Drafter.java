package dev.touchstone.generation;

import java.util.List;
import java.util.random.RandomGenerator;

/** Guesses cheaply how a text goes on, for {@link SpeculativeGenerator} to verify. */
@FunctionalInterface
public interface Drafter {
    /**
     * Tokens that may come next.
     *
     * @param probabilities for each token the distribution it was drawn from; all on that token where it was not drawn
     */
    record Draft(int[] ids, List<double[]> probabilities) {
        /** Nothing comes to mind. */
        static final Draft NONE = new Draft(new int[0], List.of());
    }

    /** At most {@code count} tokens after {@code ids}, drawn under the same settings as the target's. */
    Draft propose(int[] ids, int count, Settings settings, RandomGenerator random);
}
