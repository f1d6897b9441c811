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
 * Caches keys and values, so that only new tokens are computed. Each cache is kept with the ids of its tokens, and is used for
 * a sequence up to the first id that differs. This one rule covers accepted and rejected drafts, forked beams, finished
 * sequences of a batch and a sliding context, and rules out that an outdated entry is used.
 *
 * <p>Memory: eight bytes per token, layer and key channel, allocated in pages of 64 tokens; 72 KiB per token for GPT-2 124M.
 */
public final class CachedExecutor implements Executor {
    private final Transformer model;
    private final Kernels kernels;
    private final int chunk;
    private final Trace trace;
    private List<Prefix> prefixes = List.of();

    /** A prefix of a sequence and the cache of its tokens. */
    private record Prefix(int[] ids, KvCache cache) {
        int commonLength(int[] other) {
            int difference = Arrays.mismatch(ids, other);
            return difference < 0 ? ids.length : difference;
        }
    }

    /** Computes a prompt in one forward pass. */
    public CachedExecutor(Transformer model, Kernels kernels) {
        this(model, kernels, Integer.MAX_VALUE);
    }

    /** @param chunk the largest number of tokens of a sequence that one forward pass computes */
    public CachedExecutor(Transformer model, Kernels kernels, int chunk) {
        this(model, kernels, chunk, Trace.OFF);
    }

    /** @param trace receives the taps of every forward pass */
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

    @Override
    public int lengthOfSameLogits(int length) {
        return model.rotaries().lengthOfSameFrequencies(length);
    }

    /** The memory of all cached keys and values, in bytes. */
    public long bytes() {
        return prefixes.stream().mapToLong(prefix -> prefix.cache.bytes()).sum();
    }

    /** The number of cached tokens. */
    public int tokens() {
        return prefixes.stream().mapToInt(prefix -> prefix.cache.length()).sum();
    }

    private Tensor read(List<int[]> sequences, int logitsToKeep) {
        List<KvCache> caches = recall(sequences, logitsToKeep);
        prefixes = List.of(); // a pass that fails leaves its caches half written, so none is kept
        List<Batch.Sequence> chunks = chunks(sequences, caches, logitsToKeep);
        while (!chunks.isEmpty()) {
            model.forward(new Batch(chunks), kernels, trace);
            chunks = chunks(sequences, caches, logitsToKeep);
        }
        List<Batch.Sequence> rest = new ArrayList<>();
        List<Prefix> now = new ArrayList<>();
        for (int b = 0; b < sequences.size(); b++) {
            int[] ids = sequences.get(b);
            rest.add(new Batch.Sequence(unread(ids, caches.get(b), ids.length), caches.get(b), logitsToKeep));
            now.add(new Prefix(ids.clone(), caches.get(b)));
        }
        Tensor logits = model.forward(new Batch(rest), kernels, trace);
        prefixes = List.copyOf(now);
        return logits;
    }

    /** The next chunk of each sequence that has more new tokens than fit in the last pass. These passes compute no logits. */
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

    /** For each sequence the cache with the longest common prefix that can be truncated to it, truncated. */
    private List<KvCache> recall(List<int[]> sequences, int logitsToKeep) {
        Prefix[] best = new Prefix[sequences.size()];
        int[] known = new int[sequences.size()];
        Map<Prefix, Integer> uses = new IdentityHashMap<>();
        for (int b = 0; b < best.length; b++) {
            int[] ids = sequences.get(b);
            for (Prefix prefix : prefixes) {
                int agreed = Math.min(prefix.commonLength(ids), ids.length - logitsToKeep);
                if (agreed > known[b] && prefix.cache.canTruncateTo(agreed)) {
                    best[b] = prefix;
                    known[b] = agreed;
                }
            }
            uses.merge(best[b], 1, Integer::sum);
        }
        List<KvCache> caches = new ArrayList<>();
        for (int b = 0; b < best.length; b++) {
            // The last sequence that needs a cache gets the cache itself; earlier ones, such as beams of one parent,
            // get copies.
            boolean last = uses.merge(best[b], -1, Integer::sum) == 0;
            caches.add(
                    best[b] == null
                            ? model.newCache()
                            : last ? best[b].cache.truncate(known[b]) : best[b].cache.copy(known[b]));
        }
        return caches;
    }
}
