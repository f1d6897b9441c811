package dev.touchstone.generation;

import dev.touchstone.kernels.Kernels;
import dev.touchstone.model.Trace;
import dev.touchstone.model.Transformer;
import dev.touchstone.tensor.Tensor;
import java.util.List;

/**
 * Reads the entire sequence each step and remembers nothing: the model gives logits for every position, and all but the
 * last are thrown away. Wasteful, and the clearest statement of what generation is.
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
}
