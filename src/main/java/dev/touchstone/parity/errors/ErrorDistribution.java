package dev.touchstone.parity.errors;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The sizes and places of a tap's errors, to help find their cause.
 *
 * @param overBound the number of elements with an error above {@link Deviation#LOCAL_BOUND} of the largest value
 * @param histogram elements by error in units in the last place of the expected float: exact, up to 1/2, up to 1, up to
 *     2, 4, 8, ... and the last bucket for all beyond
 * @param worst the elements with the largest errors, largest first
 */
public record ErrorDistribution(int overBound, int[] histogram, List<Element> worst) implements Serializable {
    /** Exact, 1/2, 1, 2, 4, ... 2^16, beyond. */
    public static final int BUCKETS = 20;

    private static final int WORST = 8;

    /**
     * One element.
     *
     * @param index along each axis
     * @param pytorch PyTorch's float32 value
     */
    public record Element(int[] index, double expected, float actual, float pytorch) implements Serializable {}

    public static ErrorDistribution of(float[] actual, double[] expected, float[] pytorch, double scale, int... shape) {
        int over = 0;
        int[] histogram = new int[BUCKETS];
        List<Integer> worst = new ArrayList<>();
        Comparator<Integer> byError = Comparator.comparingDouble(i -> -error(actual[i], expected[i]));
        double least = -1; // the smallest error among the worst, once there are enough of them
        for (int i = 0; i < actual.length; i++) {
            double error = error(actual[i], expected[i]);
            over += error > Deviation.LOCAL_BOUND * scale ? 1 : 0;
            histogram[bucket(error, expected[i])]++;
            if (error > least) {
                worst.add(i);
                worst.sort(byError);
                if (worst.size() > WORST) {
                    worst.remove(WORST);
                    least = error(actual[worst.get(WORST - 1)], expected[worst.get(WORST - 1)]);
                }
            }
        }
        return new ErrorDistribution(
                over,
                histogram,
                worst.stream()
                        .map(i -> new Element(index(i, shape), expected[i], actual[i], pytorch[i]))
                        .toList());
    }

    private static double error(float actual, double expected) {
        double error = Math.abs(actual - expected);
        return actual == expected ? 0 : Double.isNaN(error) ? Double.POSITIVE_INFINITY : error;
    }

    private static int bucket(double error, double expected) {
        double ulps = error / Math.ulp((float) expected);
        if (ulps == 0) {
            return 0;
        }
        int bucket = 1;
        for (double limit = 0.5; ulps > limit && bucket < BUCKETS - 1; limit *= 2) {
            bucket++;
        }
        return bucket;
    }

    /** Converts a flat row-major index to an index along each axis. */
    public static int[] index(int flat, int[] shape) {
        int[] index = new int[shape.length];
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            index[axis] = flat % shape[axis];
            flat /= shape[axis];
        }
        return index;
    }
}
