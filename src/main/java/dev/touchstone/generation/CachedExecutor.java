package dev.touchstone.generation;

import dev.touchstone.kernels.Kernels;
import dev.touchstone.model.Batch;
import dev.touchstone.model.KvCache;
import dev.touchstone.model.Trace;
import dev.touchstone.model.Transformer;
import dev.touchstone.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps the keys and values of the tokens it has read, and reads only what is new. A cache is kept with the ids that it
 * holds, and serves a sequence as far as the two agree: an accepted draft, a rejected one, a finished neighbour, a forked
 * beam and a window that slid are one case, and a stale entry cannot be used.
 *
 * <p>Memory: eight bytes for each token, layer and channel of the keys, in pages of 64 tokens; 72 KiB a token for GPT-2
 * 124M.
 */
public final class CachedExecutor implements Executor {
    private final Transformer model;
    private final Kernels kernels;
    private final int chunk;
    private final Trace trace;
    private List<Memory> memories = List.of();

    /** The ids that a cache holds. */
    private record Memory(int[] ids, KvCache cache) {
        int agreesFor(int[] other) {
            int difference = Arrays.mismatch(ids, other);
            return difference < 0 ? ids.length : difference;
        }
    }

    /** Reads a prompt in one pass. */
    public CachedExecutor(Transformer model, Kernels kernels) {
        this(model, kernels, Integer.MAX_VALUE);
    }

    /** Reads at most {@code chunk} tokens of a sequence in one pass. */
    public CachedExecutor(Transformer model, Kernels kernels, int chunk) {
        this(model, kernels, chunk, Trace.OFF);
    }

    /** The same while {@code trace} sees every pass. */
    public CachedExecutor(Transformer model, Kernels kernels, int chunk, Trace trace) {
        if (chunk < 1) {
            throw new IllegalArgumentException("a chunk has at least one token, got " + chunk);
        }
        this.model = model;
        this.kernels = kernels;
        this.chunk = chunk;
        this.trace = trace;
    }

    @Override
    public Tensor next(List<int[]> sequences) {
        return read(sequences, 1);
    }

    @Override
    public Tensor last(int[] ids, int count) {
        return read(List.of(ids), count);
    }

    /** Bytes of keys and values kept now. */
    public long bytes() {
        return memories.stream().mapToLong(memory -> memory.cache.bytes()).sum();
    }

    /** How many tokens these are of. */
    public int tokens() {
        return memories.stream().mapToInt(memory -> memory.cache.length()).sum();
    }

    private Tensor read(List<int[]> sequences, int logitsToKeep) {
        List<KvCache> caches = recall(sequences, logitsToKeep);
        memories = List.of(); // a pass that fails leaves its caches half written: nothing is remembered then
        List<Batch.Sequence> chunks = chunks(sequences, caches, logitsToKeep);
        while (!chunks.isEmpty()) {
            model.forward(new Batch(chunks), kernels, trace);
            chunks = chunks(sequences, caches, logitsToKeep);
        }
        List<Batch.Sequence> rest = new ArrayList<>();
        List<Memory> now = new ArrayList<>();
        for (int b = 0; b < sequences.size(); b++) {
            int[] ids = sequences.get(b);
            rest.add(new Batch.Sequence(unread(ids, caches.get(b), ids.length), caches.get(b), logitsToKeep));
            now.add(new Memory(ids.clone(), caches.get(b)));
        }
        Tensor logits = model.forward(new Batch(rest), kernels, trace);
        memories = List.copyOf(now);
        return logits;
    }

    /** The next chunk of each sequence that has more to read than fits the last pass. These passes compute no logits. */
    private List<Batch.Sequence> chunks(List<int[]> sequences, List<KvCache> caches, int logitsToKeep) {
        List<Batch.Sequence> chunks = new ArrayList<>();
        for (int b = 0; b < sequences.size(); b++) {
            int[] ids = sequences.get(b);
            KvCache cache = caches.get(b);
            int left = ids.length - cache.length();
            if (left > Math.max(chunk, logitsToKeep)) {
                int now = Math.min(chunk, left - logitsToKeep);
                chunks.add(new Batch.Sequence(unread(ids, cache, cache.length() + now), cache, 0));
            }
        }
        return chunks;
    }

    private static int[] unread(int[] ids, KvCache cache, int to) {
        return Arrays.copyOfRange(ids, cache.length(), to);
    }

    /** For each sequence the cache that agrees with it the longest and reaches back there, cut to where they differ. */
    private List<KvCache> recall(List<int[]> sequences, int logitsToKeep) {
        Memory[] best = new Memory[sequences.size()];
        int[] known = new int[sequences.size()];
        Map<Memory, Integer> uses = new IdentityHashMap<>();
        for (int b = 0; b < best.length; b++) {
            int[] ids = sequences.get(b);
            for (Memory memory : memories) {
                int agreed = Math.min(memory.agreesFor(ids), ids.length - logitsToKeep);
                if (agreed > known[b] && memory.cache.canTruncateTo(agreed)) {
                    best[b] = memory;
                    known[b] = agreed;
                }
            }
            uses.merge(best[b], 1, Integer::sum);
        }
        List<KvCache> caches = new ArrayList<>();
        for (int b = 0; b < best.length; b++) {
            // Whoever comes last takes the cache itself; those before it, such as beams of one parent, take copies.
            boolean last = uses.merge(best[b], -1, Integer::sum) == 0;
            caches.add(
                    best[b] == null
                            ? model.newCache()
                            : last ? best[b].cache.truncate(known[b]) : best[b].cache.copy(known[b]));
        }
        return caches;
    }
}
