package dev.touchstone.model;

import dev.touchstone.tensor.KeyValuePages;
import java.util.List;

/** What one sequence has computed so far: keys and values of every layer. The only mutable state of a forward pass. */
public final class KvCache {
    private final List<KeyValuePages> layers;

    KvCache(List<KeyValuePages> layers) {
        this.layers = List.copyOf(layers);
    }

    KeyValuePages layer(int index) {
        return layers.get(index);
    }

    /** How many tokens it knows, those included that have left a window. */
    public int length() {
        return layers.get(0).length();
    }

    /** Whether a sequence can go on after its first {@code length} tokens; with a window, what lies far back is gone. */
    public boolean canTruncateTo(int length) {
        return layers.stream().allMatch(layer -> layer.canTruncateTo(length));
    }

    /** Forgets every token from {@code length} on, as after drafts that were not accepted; returns itself. */
    public KvCache cut(int length) {
        layers.forEach(layer -> layer.truncate(length));
        return this;
    }

    /** Another cache that knows the first {@code length} tokens, as for a beam that forks. */
    public KvCache copy(int length) {
        return new KvCache(layers.stream().map(layer -> layer.copy(length)).toList());
    }

    /** Bytes taken now. */
    public long bytes() {
        return layers.stream().mapToLong(KeyValuePages::bytes).sum();
    }
}
