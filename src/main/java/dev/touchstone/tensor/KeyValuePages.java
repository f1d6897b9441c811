package dev.touchstone.tensor;

import java.util.ArrayList;
import java.util.List;

/**
 * The keys and values of one attention layer for one sequence, in pages of {@value #POSITIONS} positions. A page of keys
 * is a panel of a weight matrix, {@code [head][channel][position]}, and so is a page of values,
 * {@code [head][position][channel]}: attention is two matrix products, and the pages are their weights. A page of values ends with a panel of zeros, so that
 * a kernel may read a whole panel from its last position on.
 */
public final class KeyValuePages {
    /** Positions in a page. */
    public static final int POSITIONS = Matrix.PANEL;

    private final int heads;
    private final int headSize;
    private final List<float[]> keys = new ArrayList<>();
    private final List<float[]> values = new ArrayList<>();
    private int length;

    public KeyValuePages(int heads, int headSize) {
        this.heads = heads;
        this.headSize = headSize;
    }

    /** Appends rows {@code from} until {@code to} of the keys and values, heads side by side. (T, H D), (T, H D) */
    public void append(Tensor k, Tensor v, int from, int to) {
        for (int row = from; row < to; ) {
            if (length == keys.size() * POSITIONS) {
                keys.add(new float[heads * headSize * POSITIONS]);
                values.add(new float[heads * headSize * POSITIONS + Matrix.PANEL]);
            }
            int count = Math.min(to - row, POSITIONS - length % POSITIONS);
            appendKeys(k, row, count);
            appendValues(v, row, count);
            row += count;
            length += count;
        }
    }

    private void appendKeys(Tensor k, int row, int count) {
        float[] page = keys.get(length / POSITIONS);
        int channels = heads * headSize;
        for (int c = 0; c < channels; c++) {
            int at = keyIndex(0, c, length);
            for (int i = 0; i < count; i++) {
                page[at + i] = k.data()[(row + i) * channels + c];
            }
        }
    }

    private void appendValues(Tensor v, int row, int count) {
        float[] page = values.get(length / POSITIONS);
        for (int i = 0; i < count; i++) {
            for (int h = 0; h < heads; h++) {
                int from = ((row + i) * heads + h) * headSize;
                System.arraycopy(v.data(), from, page, valueIndex(h, length + i, 0), headSize);
            }
        }
    }

    /** Forgets every position from {@code length} on. */
    public void truncate(int length) {
        if (length < 0 || length > this.length) {
            throw new IllegalArgumentException("cannot cut " + this.length + " positions to " + length);
        }
        this.length = length;
        int pages = (length + POSITIONS - 1) / POSITIONS;
        keys.subList(pages, keys.size()).clear();
        values.subList(pages, values.size()).clear();
    }

    /** Pages of their own with the first {@code length} positions. */
    public KeyValuePages copy(int length) {
        KeyValuePages copy = new KeyValuePages(heads, headSize);
        for (int page = 0; page * POSITIONS < length; page++) {
            copy.keys.add(keys.get(page).clone());
            copy.values.add(values.get(page).clone());
        }
        copy.length = length;
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
        return keys.get(position / POSITIONS);
    }

    /** The page of values that holds {@code position}; {@link #valueIndex} says where. */
    public float[] valuePage(int position) {
        return values.get(position / POSITIONS);
    }

    public int keyIndex(int head, int channel, int position) {
        return (head * headSize + channel) * POSITIONS + position % POSITIONS;
    }

    public int valueIndex(int head, int position, int channel) {
        return (head * POSITIONS + position % POSITIONS) * headSize + channel;
    }
}
