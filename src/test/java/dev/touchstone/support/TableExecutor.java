package dev.touchstone.support;

import dev.touchstone.generation.Executor;
import dev.touchstone.tensor.Tensor;
import dev.touchstone.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** A model of few tokens whose logits are a fixed table over the last two tokens: small enough to know everything. */
public final class TableExecutor implements Executor {
    /** Any tokenizer with a few tokens serves: the ids count, not the text. */
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
