package dev.touchstone.kernels;

import dev.touchstone.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The memory of one pass through the blocks. A block's tensors are dead when the next one has been computed, so their
 * arrays serve the block after that: memory is that of two blocks, however many there are, and what is written lies in the
 * processor's cache already, where a new array would first be filled with zeros.
 */
final class Workspace {
    /** Floats below which a new array costs nothing. */
    private static final int SMALL = 1 << 12;

    private final Map<Integer, Deque<float[]>> free = new HashMap<>();
    private List<float[]> now = new ArrayList<>();
    private List<float[]> before = new ArrayList<>();
    private float[] scratch = new float[0];

    /** A tensor of no matter which numbers: whoever takes it fills all of it. */
    Tensor take(int... shape) {
        long count = 1;
        for (int size : shape) {
            count *= size;
        }
        if (count < SMALL || count > Integer.MAX_VALUE) {
            return Tensor.zeros(shape);
        }
        float[] data = free.getOrDefault((int) count, new ArrayDeque<>()).poll();
        if (data == null) {
            data = new float[(int) count];
        }
        now.add(data);
        return Tensor.of(data, shape);
    }

    /** An array of at least so many floats, no matter which, until the next one is asked for. */
    float[] scratch(int floats) {
        if (scratch.length < floats) {
            scratch = new float[floats];
        }
        return scratch;
    }

    /** Says that a block has been computed: nobody reads what the one before it made. */
    void blockIsDone() {
        for (float[] data : before) {
            free.computeIfAbsent(data.length, length -> new ArrayDeque<>()).add(data);
        }
        before = now;
        now = new ArrayList<>();
    }
}
