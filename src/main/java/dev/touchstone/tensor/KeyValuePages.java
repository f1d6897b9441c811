package dev.touchstone.tensor;

import java.util.ArrayList;
import java.util.List;

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

    private final int heads;
    private final int headSize;
    private final int window;
    private final List<float[]> keys = new ArrayList<>();
    private final List<float[]> values = new ArrayList<>();
    private int length;
    /** How many pages have been evicted. */
    private int evictedPages;

    /** Without an attention window: no page is ever evicted. */
    public KeyValuePages(int heads, int headSize) {
        this(heads, headSize, Integer.MAX_VALUE);
    }

    /** @param window how many positions a query attends to, its own included */
    public KeyValuePages(int heads, int headSize, int window) {
        this.heads = heads;
        this.headSize = headSize;
        this.window = window;
    }

    /** Appends rows {@code from} (inclusive) to {@code to} (exclusive) of keys and values. (T, G D), (T, G D) */
    public void append(Tensor k, Tensor v, int from, int to) {
        extend(to - from);
        putLast(k, v, from, to, 0, heads);
    }

    /** Adds {@code count} positions, to be filled by {@link #putLast}. */
    public void extend(int count) {
        length += count;
        while ((evictedPages + keys.size()) * POSITIONS < length) {
            keys.add(new float[heads * headSize * POSITIONS]);
            values.add(new float[heads * headSize * POSITIONS]);
        }
    }

    /**
     * Copies rows {@code from} to {@code to} of keys and values to the last positions, for heads {@code head} to {@code end}, ends
     * exclusive. Several threads may copy different heads at once. (T, G D), (T, G D)
     */
    public void putLast(Tensor k, Tensor v, int from, int to, int head, int end) {
        int position = length - (to - from);
        for (int row = from; row < to; ) {
            int count = Math.min(to - row, POSITIONS - position % POSITIONS);
            putKeys(k, row, count, position, head * headSize, end * headSize);
            putValues(v, row, count, position, head, end);
            row += count;
            position += count;
        }
    }

    private void putKeys(Tensor k, int row, int count, int position, int channel, int endChannel) {
        float[] page = keyPage(position);
        int channels = heads * headSize;
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
        for (int i = 0; i < count; i++) {
            for (int h = head; h < end; h++) {
                int from = ((row + i) * heads + h) * headSize;
                for (int c = 0; c < headSize; c += Matrix.PANEL) {
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
        int pages = firstVisible(Math.max(0, length - POSITIONS)) / POSITIONS - evictedPages;
        if (pages > 0) {
            keys.subList(0, pages).clear();
            values.subList(0, pages).clear();
            evictedPages += pages;
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
        int pages = (length + POSITIONS - 1) / POSITIONS - evictedPages;
        keys.subList(pages, keys.size()).clear();
        values.subList(pages, values.size()).clear();
    }

    /** An independent copy of the first {@code length} positions; {@link #canTruncateTo} must be true. */
    public KeyValuePages copy(int length) {
        KeyValuePages copy = new KeyValuePages(heads, headSize, window);
        copy.evictedPages = evictedPages;
        copy.length = length;
        for (int position = evictedPages * POSITIONS; position < length; position += POSITIONS) {
            copy.keys.add(keyPage(position).clone());
            copy.values.add(valuePage(position).clone());
        }
        return copy;
    }

    public int length() {
        return length;
    }

    public int heads() {
        return heads;
    }

    public int headSize() {
        return headSize;
    }

    /** Bytes of all pages, whether they are full or not. */
    public long bytes() {
        return 2L * keys.size() * heads * headSize * POSITIONS * Float.BYTES;
    }

    public float key(int head, int channel, int position) {
        return keyPage(position)[keyIndex(head, channel, position)];
    }

    public float value(int head, int position, int channel) {
        return valuePage(position)[valueIndex(head, position, channel)];
    }

    /** The page with the key at {@code position}, which {@link #keyIndex} finds in it. */
    public float[] keyPage(int position) {
        return keys.get(position / POSITIONS - evictedPages);
    }

    /** The page with the value at {@code position}, which {@link #valueIndex} finds in it. */
    public float[] valuePage(int position) {
        return values.get(position / POSITIONS - evictedPages);
    }

    public int keyIndex(int head, int channel, int position) {
        return (head * headSize + channel) * POSITIONS + position % POSITIONS;
    }

    public int valueIndex(int head, int position, int channel) {
        int panel = channel / Matrix.PANEL * Matrix.PANEL;
        int before = (head * headSize + panel) * POSITIONS;
        return before + position % POSITIONS * panelWidth(channel) + channel - panel;
    }

    /** The width of the panel of values with {@code channel}: the distance of a channel's values at neighbouring positions. */
    public int panelWidth(int channel) {
        return Math.min(Matrix.PANEL, headSize - channel / Matrix.PANEL * Matrix.PANEL);
    }
}
