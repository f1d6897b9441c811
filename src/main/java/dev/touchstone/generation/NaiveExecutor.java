package dev.touchstone.generation;

import dev.touchstone.kernels.Kernels;
import dev.touchstone.model.Trace;
import dev.touchstone.model.Transformer;
import dev.touchstone.tensor.Tensor;
import java.util.List;

/**
 * Computes the whole sequence in each step, without a cache. The model returns logits for every position, and all but the last
 * are discarded. This is slow, but it is the simplest definition of generation.
 */
public record NaiveExecutor(Transformer model, Kernels kernels) implements Executor {
    @Override
    public Tensor next(List<int[]> sequences) {
        int vocabulary = model.shape().vocabulary();
        Tensor next = Tensor.zeros(sequences.size(), vocabulary);
        for (int b = 0; b < sequences.size(); b++) {
            Tensor last = last(sequences.get(b), 1);
            System.arraycopy(last.data(), 0, next.data(), b * vocabulary, vocabulary);
        }
        return next;
    }

    @Override
    public Tensor last(int[] ids, int count) {
        Tensor logits = model.forward(ids, kernels, Trace.OFF);
        return logits.rows(ids.length - count, ids.length);
    }

    @Override
    public int lengthOfSameLogits(int length) {
        return model.rotaries().lengthOfSameFrequencies(length);
    }
}
