package dev.touchstone.model;

import dev.touchstone.tensor.KeyValuePages;
import java.util.List;
import java.util.stream.Stream;

/** What one sequence has computed so far: keys and values of every layer. The only mutable state of a forward pass. */
public final class KvCache {
    private final List<KeyValuePages> layers;

    KvCache(int layers, int heads, int headSize) {
        this.layers = Stream.generate(() -> new KeyValuePages(heads, headSize))
                .limit(layers)
                .toList();
    }

    KeyValuePages layer(int index) {
        return layers.get(index);
    }

    /** How many tokens it knows. */
    public int length() {
        return layers.get(0).length();
    }

    /** Forgets every token from {@code length} on, as after drafts that were not accepted. */
    public void truncate(int length) {
        layers.forEach(layer -> layer.truncate(Math.min(length, layer.length())));
    }

    /** Bytes taken now. */
    public long bytes() {
        return layers.stream().mapToLong(KeyValuePages::bytes).sum();
    }
}
