package dev.touchstone.generation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Proposes the tokens of a smaller model with the same vocabulary.
 *
 * @param window the context window of the smaller model, which may be shorter than the target's
 */
public record ModelDrafter(Executor executor, Window window) implements Drafter {
    @Override
    public Draft propose(int[] ids, int count, Settings settings, RandomGenerator random) {
        int[] sequence = Arrays.copyOf(ids, ids.length + count);
        List<double[]> probabilities = new ArrayList<>();
        for (int length = ids.length; length < sequence.length; length++) {
            int[] known = Arrays.copyOf(sequence, length);
            float[] logits = executor.next(List.of(window.of(known))).data();
            float[] scores = settings.process(known, logits);
            sequence[length] = settings.sampler().pick(scores, random);
            probabilities.add(settings.sampler().probabilities(scores));
        }
        return new Draft(Arrays.copyOfRange(sequence, ids.length, sequence.length), probabilities);
    }
}
