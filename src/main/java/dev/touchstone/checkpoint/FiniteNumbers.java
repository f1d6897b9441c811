package dev.touchstone.checkpoint;

import dev.touchstone.TouchstoneException;
import dev.touchstone.tensor.Tensor;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** The one damage to a weight that shows: a number that is none. */
final class FiniteNumbers {
    private FiniteNumbers() {}

    /** Refuses a tensor that holds NaN or an infinity, and says where. */
    static void check(String name, Tensor tensor) {
        int columns = tensor.size(-1);
        OptionalInt row = IntStream.range(0, tensor.rows())
                .parallel()
                .filter(r -> !areFinite(tensor.data(), r * columns, (r + 1) * columns))
                .findFirst();
        if (row.isPresent()) {
            int element = row.getAsInt() * columns;
            while (Float.isFinite(tensor.data()[element])) {
                element++;
            }
            throw new TouchstoneException(name + " holds " + tensor.data()[element] + " at "
                    + Arrays.toString(index(element, tensor.shape()))
                    + "; the checkpoint is damaged, or its training diverged");
        }
    }

    private static boolean areFinite(float[] data, int from, int to) {
        for (int i = from; i < to; i++) {
            if (!Float.isFinite(data[i])) {
                return false;
            }
        }
        return true;
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
