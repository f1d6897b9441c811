package dev.touchstone.tensor;

import java.util.ArrayList;
import java.util.List;

/**
 * The keys and values of one attention layer for one sequence, in pages of {@value #POSITIONS} positions. A page of keys
 * is a panel of a weight matrix, {@code [head][channel][position]}, and a page of values is some,
 * {@code [head][channel / 64][position][channel % 64]}: attention is two matrix products, and the pages are their weights.
 * Unlike a matrix's, the last panel of a head is only as wide as it has channels.
 *
 * <p>Where queries see a window only, {@link #evict} gives back the pages that have left it: memory is that of the window
 * and two pages more, however long the sequence.
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
    /** The first page that is still there. */
    private int firstPage;

    /** Everything is kept. */
    public KeyValuePages(int heads, int headSize) {
        this(heads, headSize, Integer.MAX_VALUE);
    }

    /** @param window how many positions a query sees, its own included */
    public KeyValuePages(int heads, int headSize, int window) {
        this.heads = heads;
        this.headSize = headSize;
        this.window = window;
    }

    /** Appends rows {@code from} until {@code to} of the keys and values, heads side by side. (T, G D), (T, G D) */
    public void append(Tensor k, Tensor v, int from, int to) {
        extend(to - from);
        putLast(k, v, from, to, 0, heads);
    }

    /** Makes room for {@code count} positions more; {@link #putLast} fills it. */
    public void extend(int count) {
        length += count;
        while ((firstPage + keys.size()) * POSITIONS < length) {
            keys.add(new float[heads * headSize * POSITIONS]);
            values.add(new float[heads * headSize * POSITIONS]);
        }
    }

    /**
     * Puts rows {@code from} until {@code to} of the keys and values at the last positions, for the heads from {@code head}
     * until {@code end}; several threads may do so at once. (T, G D), (T, G D)
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
     * Gives back the pages that no later query sees, even if the last {@value #POSITIONS} positions are cut off again: a
     * rejected draft is seldom longer.
     */
    public void evict() {
        int pages = firstSeenAfter(Math.max(0, length - POSITIONS)) / POSITIONS - firstPage;
        if (pages > 0) {
            keys.subList(0, pages).clear();
            values.subList(0, pages).clear();
            firstPage += pages;
        }
    }

    /** The first position that the query after {@code length} ones sees. */
    private int firstSeenAfter(int length) {
        return Math.max(0, length - window + 1);
    }

    /** Whether a sequence can go on after its first {@code length} positions: what its next query sees is still there. */
    public boolean canTruncateTo(int length) {
        return firstSeenAfter(length) >= firstPage * POSITIONS;
    }

    /** Forgets every position from {@code length} on, which must be within reach. */
    public void truncate(int length) {
        if (length < 0 || length > this.length || !canTruncateTo(length)) {
            throw new IllegalArgumentException("cannot cut " + this.length + " positions to " + length);
        }
        this.length = length;
        int pages = (length + POSITIONS - 1) / POSITIONS - firstPage;
        keys.subList(pages, keys.size()).clear();
        values.subList(pages, values.size()).clear();
    }

    /** Pages of their own with the first {@code length} positions, which must be within reach. */
    public KeyValuePages copy(int length) {
        KeyValuePages copy = new KeyValuePages(heads, headSize, window);
        copy.firstPage = firstPage;
        copy.length = length;
        for (int position = firstPage * POSITIONS; position < length; position += POSITIONS) {
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

    /** Bytes that the pages take now; a page is taken whole. */
    public long bytes() {
        return 2L * keys.size() * heads * headSize * POSITIONS * Float.BYTES;
    }

    public float key(int head, int channel, int position) {
        return keyPage(position)[keyIndex(head, channel, position)];
    }

    public float value(int head, int position, int channel) {
        return valuePage(position)[valueIndex(head, position, channel)];
    }

    /** The page of keys that holds {@code position}; {@link #keyIndex} says where. */
    public float[] keyPage(int position) {
        return keys.get(position / POSITIONS - firstPage);
    }

    /** The page of values that holds {@code position}; {@link #valueIndex} says where. */
    public float[] valuePage(int position) {
        return values.get(position / POSITIONS - firstPage);
    }

    public int keyIndex(int head, int channel, int position) {
        return (head * headSize + channel) * POSITIONS + position % POSITIONS;
    }

    public int valueIndex(int head, int position, int channel) {
        int panel = channel / Matrix.PANEL * Matrix.PANEL;
        int before = (head * headSize + panel) * POSITIONS;
        return before + position % POSITIONS * panelWidth(channel) + channel - panel;
    }

    /** How many channels lie in the panel of values that holds {@code channel}, from one position to the next. */
    public int panelWidth(int channel) {
        return Math.min(Matrix.PANEL, headSize - channel / Matrix.PANEL * Matrix.PANEL);
    }
}
