package dev.touchstone.model;

import dev.touchstone.tensor.KeyValuePages;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * The tokens in a cache, for models whose keys depend on the length of the sequence, as in LongRoPE: when it becomes longer than the trained
 * context, or shorter again, all keys change, and the tokens are run again. Empty for other models.
 */
final class CachedIds {
    private int[] ids = {};
    private boolean longer;

    /** Whether the keys are those of a sequence longer than the trained context, see {@link Rotary.Longer}. */
    boolean areLonger() {
        return longer;
    }

    /**
     * Appends the new tokens of a sequence, before its forward pass.
     *
     * @param longer whether the keys must be those of a sequence longer than the trained context. If the cache has the others, it is
     *     emptied, and its tokens are run again
     * @param forward appends keys and values of a batch to its cache
     */
    void append(Batch.Sequence sequence, boolean longer, Consumer<Batch> forward) {
        KvCache cache = sequence.cache();
        int length = cache.length();
        if (this.longer != longer) {
            this.longer = longer;
            cache.clear();
            for (int from = 0; from < length; from += KeyValuePages.POSITIONS) {
                int[] again = Arrays.copyOfRange(ids, from, Math.min(from + KeyValuePages.POSITIONS, length));
                forward.accept(new Batch(List.of(new Batch.Sequence(again, cache, 0))));
            }
        }
        int[] next = sequence.ids();
        ids = Arrays.copyOf(ids, length + next.length);
        System.arraycopy(next, 0, ids, length, next.length);
    }

    CachedIds copy() {
        CachedIds copy = new CachedIds();
        copy.ids = ids;
        copy.longer = longer;
        return copy;
    }
}
