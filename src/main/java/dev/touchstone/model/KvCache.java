package dev.touchstone.model;

import dev.touchstone.tensor.KeyValuePage;
import dev.touchstone.tensor.KeyValuePages;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The keys and values of one sequence, in every layer. It is the only mutable state of a forward pass. A cache belongs to
 * one sequence and is not thread-safe.
 */
public final class KvCache {
    private final List<KeyValuePages> layers;
    private final CachedIds ids;

    KvCache(List<KeyValuePages> layers) {
        this(layers, new CachedIds());
    }

    private KvCache(List<KeyValuePages> layers, CachedIds ids) {
        this.layers = List.copyOf(layers);
        this.ids = ids;
    }

    KeyValuePages layer(int index) {
        return layers.get(index);
    }

    CachedIds ids() {
        return ids;
    }

    /** Removes all tokens. */
    void clear() {
        layers.forEach(KeyValuePages::clear);
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
        return new KvCache(layers.stream().map(layer -> layer.copy(length)).toList(), ids.copy());
    }

    /** How many pages the next {@code count} tokens take. */
    public int pagesToExtend(int count) {
        return layers.stream().mapToInt(layer -> layer.pagesToExtend(count)).sum();
    }

    /** The pages of all layers with tokens from {@code POSITIONS index} on; null in layers in which they have been evicted. */
    public List<KeyValuePage> pages(int index) {
        return layers.stream().map(layer -> layer.page(index)).toList();
    }

    /** Whether the sequence can begin with these whole pages, see {@link KeyValuePages#canBeginWith}. (pages, layers) */
    public boolean canBeginWith(List<List<KeyValuePage>> whole) {
        return IntStream.range(0, layers.size())
                .allMatch(layer -> layers.get(layer).canBeginWith(ofLayer(layer, whole)));
    }

    /** Makes whole pages of another sequence the beginning of this one, which is empty. (pages, layers) */
    public void beginWith(List<List<KeyValuePage>> whole) {
        for (int layer = 0; layer < layers.size(); layer++) {
            layers.get(layer).beginWith(ofLayer(layer, whole));
        }
    }

    private static List<KeyValuePage> ofLayer(int layer, List<List<KeyValuePage>> whole) {
        List<KeyValuePage> pages = new ArrayList<>();
        whole.forEach(page -> pages.add(page.get(layer)));
        return pages;
    }

    /** Returns all pages to their source. The cache must not be used afterwards. */
    public void release() {
        layers.forEach(KeyValuePages::release);
    }

    /** The number of pages of all layers now. */
    public int pages() {
        return layers.stream().mapToInt(KeyValuePages::pages).sum();
    }

    /** The memory of keys and values now, in bytes. */
    public long bytes() {
        return layers.stream().mapToLong(KeyValuePages::bytes).sum();
    }
}
