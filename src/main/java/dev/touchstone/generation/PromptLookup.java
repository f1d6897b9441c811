package dev.touchstone.generation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Drafts without a model: looks for the last few tokens earlier in the text, and proposes what followed them there.
 *
 * @param longest how many tokens to look for at first; fewer if they are not found
 */
public record PromptLookup(int longest, int vocabulary) implements Drafter {
    @Override
    public Draft propose(int[] ids, int count, Settings settings, RandomGenerator random) {
        for (int size = Math.min(longest, ids.length - 1); size > 0; size--) {
            for (int start = ids.length - size - 1; start >= 0; start--) {
                if (Arrays.equals(ids, start, start + size, ids, ids.length - size, ids.length)) {
                    int from = start + size;
                    return certain(Arrays.copyOfRange(ids, from, Math.min(from + count, ids.length)));
                }
            }
        }
        return Draft.NONE;
    }

    private Draft certain(int[] ids) {
        List<double[]> probabilities = new ArrayList<>();
        for (int id : ids) {
            double[] certainty = new double[vocabulary];
            certainty[id] = 1;
            probabilities.add(certainty);
        }
        return new Draft(ids, probabilities);
    }
}
