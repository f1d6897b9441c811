package dev.touchstone.support;

import dev.touchstone.generation.Executor;
import dev.touchstone.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Predicts the ids of a script. The first token of a sequence is the number of its script; the others are ignored. */
public record ScriptExecutor(int vocabulary, int[]... scripts) implements Executor {
    @Override
    public Tensor next(List<int[]> sequences) {
        Tensor logits = Tensor.zeros(sequences.size(), vocabulary);
        for (int b = 0; b < sequences.size(); b++) {
            int[] ids = sequences.get(b);
            int[] script = scripts[ids[0]];
            int next = script[Math.min(ids.length, script.length) - 1];
            logits.data()[b * vocabulary + next] = 9;
        }
        return logits;
    }

    @Override
    public Tensor last(int[] ids, int count) {
        return next(IntStream.rangeClosed(ids.length - count + 1, ids.length)
                .mapToObj(length -> Arrays.copyOf(ids, length))
                .toList());
    }
}
