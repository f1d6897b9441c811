package dev.touchstone.serving;

import dev.touchstone.tensor.KeyValuePage;
import dev.touchstone.tensor.KeyValuePages;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The computed pages of earlier tokens, for later requests that begin with the same tokens. It keeps whole pages only, which are
 * found by the hash of all ids up to their end, and compared by these ids. Pages that no request uses are freed when their memory
 * is needed, the least recently used ones first.
 */
final class PrefixCache {
    private static final int POSITIONS = KeyValuePages.POSITIONS;

    private final PagePool pool;
    /** From the least to the most recently used. A block is always used less recently than its parent. */
    private final Map<Block, Block> blocks = new LinkedHashMap<>(16, 0.75f, true);

    /** The pages of all layers for {@value #POSITIONS} tokens. Equal to a block with the same ids after the same parent. */
    static final class Block {
        private final Block parent;
        private final int[] ids;
        private final int hash;
        /** Null in a layer in which the page was outside the attention window, or has been freed. */
        private final KeyValuePage[] pages;

        private Block(Block parent, int[] ids, int layers) {
            this.parent = parent;
            this.ids = ids;
            this.hash = 31 * (parent == null ? 0 : parent.hash) + Arrays.hashCode(ids);
            this.pages = new KeyValuePage[layers];
        }

        /** The pages, one of each layer. */
        List<KeyValuePage> pages() {
            return Arrays.asList(pages);
        }

        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public boolean equals(Object object) {
            return object instanceof Block other && parent == other.parent && Arrays.equals(ids, other.ids);
        }
    }

    PrefixCache(PagePool pool) {
        this.pool = pool;
    }

    /** The blocks with the longest beginning of the first {@code most} of {@code ids}, in order. */
    List<Block> find(int[] ids, int most, int layers) {
        List<Block> found = new ArrayList<>();
        Block parent = null;
        for (int end = POSITIONS; end <= most; end += POSITIONS) {
            parent = blocks.get(new Block(parent, Arrays.copyOfRange(ids, end - POSITIONS, end), layers));
            if (parent == null) {
                break;
            }
            found.add(parent);
        }
        if (!found.isEmpty()) {
            touch(found.get(found.size() - 1));
        }
        return found;
    }

    /**
     * Adds the pages of the tokens after those of {@code parent}. If the block is there already, only its missing pages are added.
     *
     * @param parent null for the first block of a sequence
     * @param ids the ids of the tokens in the pages. (64)
     * @param pages one of each layer, or null
     */
    Block put(Block parent, int[] ids, List<KeyValuePage> pages) {
        Block block = new Block(parent, ids, pages.size());
        Block before = blocks.putIfAbsent(block, block);
        block = before == null ? block : before;
        for (int layer = 0; layer < pages.size(); layer++) {
            if (block.pages[layer] == null && pages.get(layer) != null) {
                block.pages[layer] = pages.get(layer);
                pool.keep(pages.get(layer));
            }
        }
        touch(block);
        return block;
    }

    /** Makes a block and those before it the most recently used ones, the first of them last. */
    private void touch(Block last) {
        for (Block block = last; block != null; block = block.parent) {
            blocks.get(block);
        }
    }

    /** Frees idle pages until {@code count} pages are free. */
    void makeRoom(int count) {
        Iterator<Block> oldest = blocks.keySet().iterator();
        while (pool.free() < count && oldest.hasNext()) {
            Block block = oldest.next();
            boolean empty = true;
            for (int layer = 0; layer < block.pages.length; layer++) {
                if (block.pages[layer] != null && pool.isIdle(block.pages[layer])) {
                    pool.free(block.pages[layer]);
                    block.pages[layer] = null;
                }
                empty &= block.pages[layer] == null;
            }
            if (empty) {
                oldest.remove();
            }
        }
    }
}
