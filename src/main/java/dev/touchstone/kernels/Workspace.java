package dev.touchstone.kernels;

import dev.touchstone.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The memory of one pass through the blocks. A tensor is valid until the block after its own is done; then its array is used
 * again. So memory is that of two blocks, however many there are, and arrays are in the processor's cache already, where a new
 * one would first be filled with zeros. One thread uses an instance.
 *
 * <p>A checked workspace is for tests: it fills arrays with NaN when they are taken and when they are taken back, and uses none
 * again. So an operation that leaves an element out returns NaN, and a layer that keeps a tensor too long reads NaN.
 */
final class Workspace {
    private final boolean checked;
    /** By length. */
    private final Map<Integer, Deque<float[]>> free = new HashMap<>();

    private List<float[]> current = new ArrayList<>();
    private List<float[]> previous = new ArrayList<>();
    private float[] scratch = new float[0];

    Workspace(boolean checked) {
        this.checked = checked;
    }

    /** Checked if assertions are enabled, as they are in tests. */
    static Workspace create() {
        return new Workspace(Workspace.class.desiredAssertionStatus());
    }

    /** A tensor with arbitrary elements, all of which the caller overwrites. */
    Tensor take(int... shape) {
        int count = Tensor.count(shape);
        float[] data = free.getOrDefault(count, new ArrayDeque<>()).poll();
        if (data == null) {
            data = new float[count];
            if (checked) {
                Arrays.fill(data, Float.NaN);
            }
        }
        current.add(data);
        return Tensor.of(data, shape);
    }

    /** An array of at least so many floats with arbitrary values, valid until the next call. */
    float[] scratch(int floats) {
        if (scratch.length < floats) {
            scratch = new float[floats];
        }
        return scratch;
    }

    /** Takes back the arrays of the block before the one that is done. */
    void blockIsDone() {
        for (float[] data : previous) {
            if (checked) {
                Arrays.fill(data, Float.NaN);
            } else {
                free.computeIfAbsent(data.length, length -> new ArrayDeque<>()).add(data);
            }
        }
        previous = current;
        current = new ArrayList<>();
    }
}
