package dev.touchstone.generation;

import dev.touchstone.tensor.Tensor;
import java.util.List;

/** An executor that predicts a wrong token at every third length, to imitate a smaller draft model. */
record SometimesWrongExecutor(Executor executor) implements Executor {
    @Override
    public Tensor next(List<int[]> sequences) {
        Tensor logits = executor.next(sequences);
        Tensor wrong = Tensor.zeros(logits.shape());
        int vocabulary = logits.size(-1);
        for (int b = 0; b < sequences.size(); b++) {
            int shift = sequences.get(b).length % 3 == 0 ? 1 : 0;
            for (int v = 0; v < vocabulary; v++) {
                wrong.data()[b * vocabulary + (v + shift) % vocabulary] = logits.at(b, v);
            }
        }
        return wrong;
    }

    @Override
    public Tensor last(int[] ids, int count) {
        return executor.last(ids, count);
    }
}
