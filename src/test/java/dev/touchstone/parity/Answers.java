package dev.touchstone.parity;

import ai.djl.ndarray.NDArray;
import dev.touchstone.parity.errors.Reference;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What libtorch computed, copied out of it.
 *
 * @param sizes for each tap the largest sum of magnitudes that an element of it was made from
 */
public record Answers(
        int[] ids,
        Map<String, int[]> shapes,
        Map<String, float[]> floats,
        Map<String, double[]> doubles,
        Map<String, Double> sizes)
        implements Reference {

    /**
     * A sum of 90 products, the longest that is drawn: a chain of 32 in each block, 3 blocks, a bias, and input that is
     * rounded. The largest found in 2,000 models was 5.
     */
    private static final int ROUNDINGS = 40;

    private static final int ENOUGH_NUMBERS = 128;

    static Answers of(int[] ids, Map<String, NDArray> float32, Map<String, NDArray> truth, Map<String, Double> sizes) {
        Map<String, int[]> shapes = new LinkedHashMap<>();
        Map<String, float[]> floats = new LinkedHashMap<>();
        Map<String, double[]> doubles = new LinkedHashMap<>();
        float32.forEach((tap, value) -> {
            long[] shape = value.getShape().getShape();
            shapes.put(tap, Arrays.stream(shape).mapToInt(Math::toIntExact).toArray());
            floats.put(tap, value.toFloatArray());
            doubles.put(tap, truth.get(tap).toDoubleArray());
        });
        return new Answers(ids, shapes, floats, doubles, sizes);
    }

    /** Whether an operation on golden input is off by no more than its roundings can add up to. NaN never is. */
    public boolean allow(TapResult tap) {
        return tap.local().max() <= ROUNDINGS * 0x1p-24 * sizes.get(tap.name());
    }

    /**
     * Whether the error that a tap has inherited is further from the truth than PyTorch's by more than chance. A ratio of few
     * numbers is chance, and of many too where a few of them have all of PyTorch's error: it was up to 23 in 500 models. Where
     * the error spreads over so many, 3,980 taps, the largest was 1.6.
     */
    public boolean isTooFar(TapResult tap) {
        return isJudged(tap) && !(tap.ratio() <= TapResult.MAX_RATIO);
    }

    /** Whether PyTorch's error spreads over enough numbers, by its participation ratio, {@code (sum e^2)^2 / sum e^4}. */
    public boolean isJudged(TapResult tap) {
        float[] found = floats.get(tap.name());
        double[] truth = doubles.get(tap.name());
        double squares = 0;
        double fourths = 0;
        for (int i = 0; i < found.length; i++) {
            double square = Double.isInfinite(truth[i]) ? 0 : Math.pow(found[i] - truth[i], 2);
            squares += square;
            fourths += square * square;
        }
        return fourths > 0 && squares * squares >= ENOUGH_NUMBERS * fourths;
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
