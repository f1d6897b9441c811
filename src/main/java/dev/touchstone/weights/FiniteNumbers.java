package dev.touchstone.weights;

import dev.touchstone.util.TouchstoneException;
import java.util.Arrays;

/** Detects damaged weights: NaN and infinities. */
final class FiniteNumbers {
    private FiniteNumbers() {}

    /**
     * Throws a {@link TouchstoneException} that gives the place of the first number that is not finite.
     *
     * @param data {@code count} elements of the tensor
     * @param first index of the first of them in the tensor
     */
    static void check(StoredTensor tensor, float[] data, int count, long first) {
        for (int i = 0; i < count; i++) {
            if (!Float.isFinite(data[i])) {
                throw new TouchstoneException(tensor.file() + ": " + tensor.name() + " holds " + data[i] + " at "
                        + Arrays.toString(index(first + i, tensor.shape()))
                        + "; the checkpoint is damaged, or its training diverged");
            }
        }
    }

    /** Whether all numbers are finite. */
    static boolean areFinite(float[] numbers) {
        boolean finite = true;
        for (float number : numbers) {
            finite &= Float.isFinite(number);
        }
        return finite;
    }

    /** The index of the element along each axis. */
    private static long[] index(long element, int[] shape) {
        long[] index = new long[shape.length];
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            index[axis] = element % shape[axis];
            element /= shape[axis];
        }
        return index;
    }
}
