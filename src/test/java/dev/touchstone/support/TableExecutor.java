package dev.touchstone.support;

import dev.touchstone.generation.Executor;
import dev.touchstone.tensor.Tensor;
import dev.touchstone.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** A model whose logits are a fixed random function of the last two tokens, so that all texts can be enumerated. */
public final class TableExecutor implements Executor {
    /** A tokenizer for tests that compare ids only. */
    public static final Tokenizer TOKENIZER =
            Fixtures.model(Fixtures.all().get(0)).tokenizer();

    private final int vocabulary;
    private final long seed;

    public TableExecutor(int vocabulary, long seed) {
        this.vocabulary = vocabulary;
        this.seed = seed;
    }

    @Override
    public Tensor next(List<int[]> sequences) {
        Tensor next = Tensor.zeros(sequences.size(), vocabulary);
        for (int b = 0; b < sequences.size(); b++) {
            row(sequences.get(b), next, b);
        }
        return next;
    }

    @Override
    public Tensor last(int[] ids, int count) {
        Tensor last = Tensor.zeros(count, vocabulary);
        for (int i = 0; i < count; i++) {
            row(Arrays.copyOf(ids, ids.length - count + 1 + i), last, i);
        }
        return last;
    }

    private void row(int[] ids, Tensor logits, int row) {
        int before = ids.length > 1 ? ids[ids.length - 2] : 0;
        Random random = new Random(seed * 1_000_003 + before * 1009L + ids[ids.length - 1]);
        for (int v = 0; v < vocabulary; v++) {
            logits.data()[row * vocabulary + v] = (float) random.nextGaussian();
        }
    }
}
