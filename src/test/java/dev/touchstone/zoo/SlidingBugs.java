package dev.touchstone.zoo;

import dev.touchstone.generation.Executor;
import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.model.Batch;
import dev.touchstone.model.KvCache;
import dev.touchstone.model.Trace;
import dev.touchstone.model.Transformer;
import dev.touchstone.tensor.Tensor;
import java.util.List;
import java.util.function.Function;

/** D14: after the window has slid, keys that were computed at other positions are reused. */
final class SlidingBugs {
    static final List<Bug<Function<Transformer, Executor>>> ALL = List.of(new Bug<>(
            "D14",
            "stale keys at old positions reused after the window slid",
            "llama.cpp context shift",
            StaleKeys::new,
            SlidingChecks.CACHED_IS_NAIVE_BEYOND_THE_CONTEXT));

    private SlidingBugs() {}

    /** Runs only the newest token of one sequence, at the last position, although older tokens have left the window. */
    private static final class StaleKeys implements Executor {
        private final Transformer model;
        private KvCache cache;

        StaleKeys(Transformer model) {
            this.model = model;
        }

        @Override
        public Tensor next(List<int[]> sequences) {
            return last(sequences.get(0), 1);
        }

        @Override
        public Tensor last(int[] ids, int count) {
            boolean first = cache == null;
            cache = first ? model.newCache() : cache;
            int[] unread = first ? ids : new int[] {ids[ids.length - 1]};
            Batch.Sequence sequence = new Batch.Sequence(unread, cache, ids.length - unread.length, count);
            return model.forward(new Batch(List.of(sequence)), new ScalarKernels(), Trace.OFF);
        }
    }
}
