package dev.touchstone.parity;

import ai.djl.ndarray.NDArray;
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

    @Override
    public List<String> taps() {
        return List.copyOf(floats.keySet());
    }

    @Override
    public int[] shape(String tap) {
        return shapes.get(tap).clone();
    }

    @Override
    public double[] truth(String tap) {
        return doubles.get(tap);
    }

    @Override
    public float[] float32(String tap) {
        return floats.get(tap);
    }
}
