package dev.touchstone.parity;

import ai.djl.ndarray.NDArray;
import dev.touchstone.parity.errors.Reference;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The taps that libtorch computed, in float32 and in float64.
 *
 * @param sizes for each tap the largest sum of the magnitudes of the terms of an element
 */
public record TorchReference(
        int[] ids,
        Map<String, int[]> shapes,
        Map<String, float[]> floats,
        Map<String, double[]> doubles,
        Map<String, Double> sizes)
        implements Reference {

    /**
     * The largest possible number of roundings, in a sum of 90 products: a chain of 32 in each of 3 blocks, a bias, and rounded
     * inputs. The largest error in 2,000 models was 5 roundings.
     */
    private static final int ROUNDINGS = 40;

    private static final int LEAST_NUMBERS = 128;

    static TorchReference of(
            int[] ids, Map<String, NDArray> float32, Map<String, NDArray> truth, Map<String, Double> sizes) {
        Map<String, int[]> shapes = new LinkedHashMap<>();
        Map<String, float[]> floats = new LinkedHashMap<>();
        Map<String, double[]> doubles = new LinkedHashMap<>();
        float32.forEach((tap, value) -> {
            long[] shape = value.getShape().getShape();
            shapes.put(tap, Arrays.stream(shape).mapToInt(Math::toIntExact).toArray());
            floats.put(tap, value.toFloatArray());
            doubles.put(tap, truth.get(tap).toDoubleArray());
        });
        return new TorchReference(ids, shapes, floats, doubles, sizes);
    }

    /** Whether the error of an operation on the golden input is at most the sum of its rounding errors; false for NaN. */
    public boolean allows(TapResult tap) {
        return tap.local().max() <= ROUNDINGS * 0x1p-24 * sizes.get(tap.name());
    }

    /**
     * Whether the ratio of a tap is limited and exceeds the limit. The ratio of a few numbers is mostly chance, and so is that of
     * many numbers if a few of them have most of PyTorch's error: it was up to 23 in 500 models. Of the taps whose ratio is
     * limited, 3,980 in these models, the largest was 1.6.
     */
    public boolean exceedsRatio(TapResult tap) {
        return limitsRatio(tap) && !(tap.ratio() <= TapResult.MAX_RATIO);
    }

    /**
     * Whether enough numbers contribute to PyTorch's error, by its participation ratio, {@code (sum e^2)^2 / sum e^4}. However
     * wide a tap is, its errors come from those of the residual stream: with 116 numbers in that, a ratio of 2.9 was seen.
     */
    public boolean limitsRatio(TapResult tap) {
        float[] embedding = floats.values().iterator().next();
        if (embedding.length < 2 * LEAST_NUMBERS) {
            return false;
        }
        float[] actual = floats.get(tap.name());
        double[] truth = doubles.get(tap.name());
        double squares = 0;
        double fourths = 0;
        for (int i = 0; i < actual.length; i++) {
            double square = Double.isInfinite(truth[i]) ? 0 : Math.pow(actual[i] - truth[i], 2);
            squares += square;
            fourths += square * square;
        }
        return fourths > 0 && squares * squares >= LEAST_NUMBERS * fourths;
    }

    @Override
    public List<String> taps() {
        return List.copyOf(floats.keySet());
    }

    @Override
    public int[] shape(String tap) {
        return shapes.get(tap).clone();
    }

    @Override
    public double[] float64(String tap) {
        return doubles.get(tap);
    }

    @Override
    public float[] float32(String tap) {
        return floats.get(tap);
    }
}
