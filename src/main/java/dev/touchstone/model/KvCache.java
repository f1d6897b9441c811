package dev.touchstone.model;

import dev.touchstone.tensor.KeyValuePages;
import java.util.List;
import java.util.stream.Stream;

/** What one sequence has computed so far: keys and values of every layer. The only mutable state of a forward pass. */
public final class KvCache {
    private final List<KeyValuePages> layers;

    KvCache(int layers, int heads, int headSize) {
        this(Stream.generate(() -> new KeyValuePages(heads, headSize))
                .limit(layers)
                .toList());
    }

    private KvCache(List<KeyValuePages> layers) {
        this.layers = layers;
    }

    KeyValuePages layer(int index) {
        return layers.get(index);
    }

    /** How many tokens it knows. */
    public int length() {
        return layers.get(0).length();
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
