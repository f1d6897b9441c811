package dev.touchstone.checkpoint.safetensors;

import dev.touchstone.util.TouchstoneException;
import java.util.Arrays;

/** The one damage to a weight that shows: a number that is none. */
public final class FiniteNumbers {
    private FiniteNumbers() {}

    /**
     * Refuses a part of a tensor that holds NaN or an infinity, and says where.
     *
     * @param count how many of {@code data} to look at
     * @param first index of the first of them in the tensor
     */
    public static void check(Safetensors file, String name, float[] data, int count, int first) {
        for (int i = 0; i < count; i++) {
            if (!Float.isFinite(data[i])) {
                throw new TouchstoneException(file.file() + ": " + name + " holds " + data[i] + " at "
                        + Arrays.toString(index(first + i, file.shape(name)))
                        + "; the checkpoint is damaged, or its training diverged");
            }
        }
    }

    /** Where the element lies along each axis. */
    private static int[] index(int element, int[] shape) {
        int[] index = new int[shape.length];
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            index[axis] = element % shape[axis];
            element /= shape[axis];
        }
        return index;
    }
}
