package dev.touchstone.model;

import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.tensor.KeyValuePages;
import dev.touchstone.tensor.PageSource;
import java.util.List;

/** The caches of a model: what they have of each token in each layer, and how many pages they take. */
public record CacheLayout(Shape shape, List<Block> blocks) {
    /** An empty cache for one sequence. Its pages come from {@code source}: call {@link KvCache#release} in the end. */
    public KvCache newCache(PageSource source) {
        return new KvCache(blocks.stream()
                .map(block -> new KeyValuePages(
                        block.attn().projections().cacheShape(shape),
                        block.attn().scoring().window(),
                        source))
                .toList());
    }

    /** The memory of a page of a cache, in bytes. It is the same in all layers. */
    public long pageBytes() {
        return blocks.get(0).attn().projections().cacheShape(shape).pageBytes();
    }

    /** The largest number of pages of a cache until it has {@code length} tokens, {@code step} or fewer of them at a time. */
    public int mostPages(int length, int step) {
        return blocks.stream()
                .mapToInt(
                        block -> KeyValuePages.mostPages(block.attn().scoring().window(), length, step))
                .sum();
    }
}
