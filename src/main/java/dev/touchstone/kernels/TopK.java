package dev.touchstone.kernels;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The indices of the K largest of some numbers. Of equal numbers at the border it takes those that {@code torch.topk} takes on a CPU,
 * which depend on the order of its swaps: PyTorch calls {@code std::nth_element}, or {@code std::partial_sort} if {@code 64 K} is at
 * most the number of values, and this class makes the same swaps as both do in GNU's C++ library.
 */
public final class TopK {
    private final float[] values;
    private final int[] order;

    private TopK(float[] values) {
        this.values = values;
        this.order = IntStream.range(0, values.length).toArray();
    }

    /** In no particular order. (N) -> (K) */
    public static int[] of(float[] values, int count) {
        TopK top = new TopK(values);
        if (64L * count <= values.length) {
            top.heapSelect(0, count, values.length);
        } else {
            top.select(count - 1);
        }
        return Arrays.copyOf(top.order, count);
    }

    /** Whether the number of index {@code a} comes before that of index {@code b}. NaN comes before all numbers. */
    private boolean before(int a, int b) {
        return values[a] > values[b] || Float.isNaN(values[a]) && !Float.isNaN(values[b]);
    }

    private void swap(int i, int j) {
        int index = order[i];
        order[i] = order[j];
        order[j] = index;
    }

    /** Quickselect: moves the {@code nth} largest to its place, and larger ones before it. */
    private void select(int nth) {
        int from = 0;
        int to = order.length;
        int depth = 2 * (31 - Integer.numberOfLeadingZeros(order.length));
        while (to - from > 3) {
            if (depth-- == 0) {
                heapSelect(from, nth + 1, to);
                swap(from, nth);
                return;
            }
            medianToFirst(from, from + 1, from + (to - from) / 2, to - 1);
            int cut = partition(from + 1, to, order[from]);
            if (cut <= nth) {
                from = cut;
            } else {
                to = cut;
            }
        }
        insertionSort(from, to);
    }

    private void medianToFirst(int first, int a, int b, int c) {
        boolean ab = before(order[a], order[b]);
        boolean bc = before(order[b], order[c]);
        boolean ac = before(order[a], order[c]);
        swap(first, ab ? bc ? b : ac ? c : a : ac ? a : bc ? c : b);
    }

    private int partition(int from, int to, int pivot) {
        while (true) {
            while (before(order[from], pivot)) {
                from++;
            }
            to--;
            while (before(pivot, order[to])) {
                to--;
            }
            if (from >= to) {
                return from;
            }
            swap(from++, to);
        }
    }

    private void insertionSort(int from, int to) {
        for (int i = from + 1; i < to; i++) {
            for (int j = i; j > from && before(order[j], order[j - 1]); j--) {
                swap(j, j - 1);
            }
        }
    }

    /** Keeps a heap of the largest in {@code [from, middle)}, with the smallest of them at its root. */
    private void heapSelect(int from, int middle, int to) {
        int size = middle - from;
        for (int hole = size / 2 - 1; hole >= 0; hole--) {
            sift(from, hole, size, order[from + hole]);
        }
        for (int i = middle; i < to; i++) {
            if (before(order[i], order[from])) {
                int value = order[i];
                order[i] = order[from];
                sift(from, 0, size, value);
            }
        }
    }

    /** Moves a hole to a leaf, then {@code value} up from there: {@code std::__adjust_heap}. */
    private void sift(int from, int top, int size, int value) {
        int hole = top;
        int child = hole;
        while (child < (size - 1) / 2) {
            child = 2 * (child + 1);
            if (before(order[from + child], order[from + child - 1])) {
                child--;
            }
            order[from + hole] = order[from + child];
            hole = child;
        }
        if (size % 2 == 0 && child == (size - 2) / 2) {
            child = 2 * (child + 1);
            order[from + hole] = order[from + child - 1];
            hole = child - 1;
        }
        for (int parent = (hole - 1) / 2; hole > top && before(order[from + parent], value); parent = (hole - 1) / 2) {
            order[from + hole] = order[from + parent];
            hole = parent;
        }
        order[from + hole] = value;
    }
}
