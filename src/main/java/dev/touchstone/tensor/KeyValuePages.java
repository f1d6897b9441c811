package dev.touchstone.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The keys and values of one attention layer for one sequence, in pages of {@value #POSITIONS} positions. Attention is two
 * matrix products, and pages have the layout of their weights: a page of keys is one panel for each head,
 * {@code [head][channel][position]}; a page of values is one or more, {@code [head][channel / 64][position][channel % 64]}. Unlike
 * a {@link Matrix}, the last panel of a head is not padded.
 *
 * <p>In a layer with an attention window, {@link #evict} frees the pages outside it: memory is that of the window and two pages,
 * however long the sequence.
 */
public final class KeyValuePages {
    /** Positions in a page. */
    public static final int POSITIONS = Matrix.PANEL;
    /** Floats in a line of the processor's cache. */
    private static final int LINE = 16;

    private final KeyValueShape shape;
    private final int window;
    private final PageSource source;
    private final List<KeyValuePage> pages = new ArrayList<>();
    private int length;
    /** How many pages have been evicted. */
    private int evictedPages;

    /** Without an attention window: no page is ever evicted. */
    public KeyValuePages(KeyValueShape shape) {
        this(shape, Integer.MAX_VALUE);
    }

    /** @param window how many positions a query attends to, its own included */
    public KeyValuePages(KeyValueShape shape, int window) {
        this(shape, window, PageSource.HEAP);
    }

    /** @param source where pages come from; with a source other than the heap call {@link #release} in the end */
    public KeyValuePages(KeyValueShape shape, int window, PageSource source) {
        this.shape = shape;
        this.window = window;
        this.source = source;
    }

    /** Appends rows {@code from} (inclusive) to {@code to} (exclusive) of keys and values. (T, G D), (T, G E) */
    public void append(Tensor k, Tensor v, int from, int to) {
        extend(to - from);
        putLast(k, v, from, to, 0, shape.heads());
    }

    /** Adds {@code count} positions, to be filled by {@link #putLast}. */
    public void extend(int count) {
        length += count;
        while ((evictedPages + pages.size()) * POSITIONS < length) {
            pages.add(null); // first, so that no page is lost if there is no memory for the list
            pages.set(pages.size() - 1, source.take(shape));
        }
    }

    /** How many pages {@link #extend} takes from the source. */
    public int pagesToExtend(int count) {
        return pagesFor(length + count) - evictedPages - pages.size();
    }

    private static int pagesFor(int positions) {
        return (positions + POSITIONS - 1) / POSITIONS;
    }

    /**
     * The largest number of pages at any time until there are {@code length} positions.
     *
     * @param window how many positions a query attends to, its own included
     * @param step the largest number of positions that are added before {@link #evict}
     */
    public static int mostPages(int window, int length, int step) {
        // Before a step the first page is the one with the first position of the window, POSITIONS before the end.
        long kept = (long) window + POSITIONS + step;
        return (int) Math.min(pagesFor(length), (kept + POSITIONS - 1) / POSITIONS + 1);
    }

    /**
     * Copies rows {@code from} to {@code to} of keys and values to the last positions, for heads {@code head} to {@code end}, ends
     * exclusive. Several threads may copy different heads at once. (T, G D), (T, G E)
     */
    public void putLast(Tensor k, Tensor v, int from, int to, int head, int end) {
        int position = length - (to - from);
        for (int row = from; row < to; ) {
            int count = Math.min(to - row, POSITIONS - position % POSITIONS);
            putKeys(k, row, count, position, head * shape.keySize(), end * shape.keySize());
            putValues(v, row, count, position, head, end);
            row += count;
            position += count;
        }
    }

    private void putKeys(Tensor k, int row, int count, int position, int channel, int endChannel) {
        float[] page = keyPage(position);
        int channels = shape.keys();
        for (int block = channel; block < endChannel; block += LINE) {
            int end = Math.min(block + LINE, endChannel);
            for (int i = 0; i < count; i++) {
                for (int c = block; c < end; c++) {
                    page[keyIndex(0, c, position + i)] = k.data()[(row + i) * channels + c];
                }
            }
        }
    }

    private void putValues(Tensor v, int row, int count, int position, int head, int end) {
        float[] page = valuePage(position);
        int size = shape.valueSize();
        for (int i = 0; i < count; i++) {
            for (int h = head; h < end; h++) {
                int from = ((row + i) * shape.heads() + h) * size;
                for (int c = 0; c < size; c += Matrix.PANEL) {
                    System.arraycopy(v.data(), from + c, page, valueIndex(h, position + i, c), panelWidth(c));
                }
            }
        }
    }

    /**
     * Frees the pages outside the window of every later query, even if up to {@value #POSITIONS} positions are truncated first,
     * which is more than speculative decoding usually rejects.
     */
    public void evict() {
        int count = firstVisible(Math.max(0, length - POSITIONS)) / POSITIONS - evictedPages;
        if (count > 0) {
            release(pages.subList(0, count));
            evictedPages += count;
        }
    }

    /** The first position in the window of the query at position {@code length}. */
    private int firstVisible(int length) {
        return Math.max(0, length - window + 1);
    }

    /** Whether the window of a query at position {@code length} has not been evicted, so that the sequence can continue there. */
    public boolean canTruncateTo(int length) {
        return firstVisible(length) >= evictedPages * POSITIONS;
    }

    /**
     * Removes the positions from {@code length} on.
     *
     * @throws IllegalArgumentException if the sequence is shorter, or {@link #canTruncateTo} is false
     */
    public void truncate(int length) {
        if (length < 0 || length > this.length || !canTruncateTo(length)) {
            throw new IllegalArgumentException("cannot truncate " + this.length + " positions to " + length);
        }
        this.length = length;
        release(pages.subList(pagesFor(length) - evictedPages, pages.size()));
    }

    /** Removes all positions, evicted ones included. */
    public void clear() {
        length = 0;
        evictedPages = 0;
        release(pages);
    }

    /** Returns all pages to their source; nothing may be read or written afterwards. */
    public void release() {
        release(pages);
    }

    private void release(List<KeyValuePage> some) {
        some.stream().filter(Objects::nonNull).forEach(source::release);
        some.clear();
    }

    /** The page with positions from {@code POSITIONS index} on; null if it has been evicted. */
    public KeyValuePage page(int index) {
        return index < evictedPages ? null : pages.get(index - evictedPages);
    }

    /** Whether a sequence can begin with these whole pages: none that a later query reads is null. */
    public boolean canBeginWith(List<KeyValuePage> whole) {
        return !whole.subList(firstPage(whole), whole.size()).contains(null);
    }

    /** Makes whole pages of another sequence the beginning of this one, which is empty. The pages are only read from now on. */
    public void beginWith(List<KeyValuePage> whole) {
        evictedPages = firstPage(whole);
        length = whole.size() * POSITIONS;
        for (KeyValuePage page : whole.subList(evictedPages, whole.size())) {
            source.share(page);
            pages.add(page);
        }
    }

    private int firstPage(List<KeyValuePage> whole) {
        return firstVisible(whole.size() * POSITIONS) / POSITIONS;
    }

    /** An independent copy of the first {@code length} positions; {@link #canTruncateTo} must be true. */
    public KeyValuePages copy(int length) {
        KeyValuePages copy = new KeyValuePages(shape, window, source);
        copy.evictedPages = evictedPages;
        copy.extend(length);
        for (int i = 0; i < copy.pages.size(); i++) {
            KeyValuePage from = pages.get(i);
            KeyValuePage to = copy.pages.get(i);
            System.arraycopy(from.keys, 0, to.keys, 0, from.keys.length);
            System.arraycopy(from.values, 0, to.values, 0, from.values.length);
        }
        return copy;
    }

    public int length() {
        return length;
    }

    public KeyValueShape shape() {
        return shape;
    }

    /** The number of pages, whether they are full or not. */
    public int pages() {
        return pages.size();
    }

    /** Bytes of all pages, whether they are full or not. */
    public long bytes() {
        return pages.size() * shape.pageBytes();
    }

    /** The keys at positions {@code from} (inclusive) to {@code to} (exclusive), heads concatenated. (S, G D) */
    public Tensor keys(int from, int to) {
        Tensor rows = Tensor.zeros(to - from, shape.keys());
        for (int i = 0; i < rows.size(); i++) {
            rows.data()[i] = key(0, i % shape.keys(), from + i / shape.keys());
        }
        return rows;
    }

    /** The values at positions {@code from} (inclusive) to {@code to} (exclusive), heads concatenated. (S, G E) */
    public Tensor values(int from, int to) {
        Tensor rows = Tensor.zeros(to - from, shape.values());
        for (int i = 0; i < rows.size(); i++) {
            int channel = i % shape.values();
            rows.data()[i] = value(channel / shape.valueSize(), from + i / shape.values(), channel % shape.valueSize());
        }
        return rows;
    }

    public float key(int head, int channel, int position) {
        return keyPage(position)[keyIndex(head, channel, position)];
    }

    public float value(int head, int position, int channel) {
        return valuePage(position)[valueIndex(head, position, channel)];
    }

    /** The page with the key at {@code position}, which {@link #keyIndex} finds in it. */
    public float[] keyPage(int position) {
        return pages.get(position / POSITIONS - evictedPages).keys;
    }

    /** The page with the value at {@code position}, which {@link #valueIndex} finds in it. */
    public float[] valuePage(int position) {
        return pages.get(position / POSITIONS - evictedPages).values;
    }

    public int keyIndex(int head, int channel, int position) {
        return (head * shape.keySize() + channel) * POSITIONS + position % POSITIONS;
    }

    public int valueIndex(int head, int position, int channel) {
        int panel = channel / Matrix.PANEL * Matrix.PANEL;
        int before = (head * shape.valueSize() + panel) * POSITIONS;
        return before + position % POSITIONS * panelWidth(channel) + channel - panel;
    }

    /** The width of the panel of values with {@code channel}: the distance of a channel's values at neighbouring positions. */
    public int panelWidth(int channel) {
        return Math.min(Matrix.PANEL, shape.valueSize() - channel / Matrix.PANEL * Matrix.PANEL);
    }
}
