package dev.touchstone.generation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Prompt lookup decoding, which needs no draft model: searches for the last few tokens earlier in the text, and proposes the
 * tokens that followed them there.
 *
 * @param longest the number of tokens to search for at first; if they are not found, fewer are tried
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
