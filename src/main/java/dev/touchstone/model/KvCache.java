package dev.touchstone.model;

import dev.touchstone.tensor.KeyValuePages;
import java.util.List;

/**
 * The keys and values of one sequence, in every layer. It is the only mutable state of a forward pass. A cache belongs to
 * one sequence and is not thread-safe.
 */
public final class KvCache {
    private final List<KeyValuePages> layers;

    KvCache(List<KeyValuePages> layers) {
        this.layers = List.copyOf(layers);
    }

    KeyValuePages layer(int index) {
        return layers.get(index);
    }

    /** The number of tokens that were appended, including those that a sliding window has evicted. */
    public int length() {
        return layers.get(0).length();
    }

    /**
     * Whether {@link #truncate} to {@code length} tokens is possible: with a sliding window it is not if a token that the
     * next query would see has been evicted.
     */
    public boolean canTruncateTo(int length) {
        return layers.stream().allMatch(layer -> layer.canTruncateTo(length));
    }

    /**
     * Removes every token from {@code length} on, for example rejected draft tokens, and returns this cache.
     *
     * @throws IllegalArgumentException if {@code length} is negative, above {@link #length}, or cannot be restored, see
     *     {@link #canTruncateTo}
     */
    public KvCache truncate(int length) {
        layers.forEach(layer -> layer.truncate(length));
        return this;
    }

    /** A copy with the first {@code length} tokens, for example for a beam that forks. */
    public KvCache copy(int length) {
        return new KvCache(layers.stream().map(layer -> layer.copy(length)).toList());
    }

    /** The memory of keys and values now, in bytes. */
    public long bytes() {
        return layers.stream().mapToLong(KeyValuePages::bytes).sum();
    }
}
