package dev.touchstone.zoo;

import dev.touchstone.parity.errors.Reference;
import java.util.Arrays;
import java.util.List;

/** The expected taps when the first half of the prompt is in the cache: the later rows of every tap. */
record SecondHalf(Reference whole) implements Reference {
    @Override
    public int[] ids() {
        return whole.ids();
    }

    @Override
    public List<String> taps() {
        return whole.taps();
    }

    @Override
    public int[] shape(String tap) {
        int[] shape = whole.shape(tap).clone();
        shape[shape.length - 2] = length() - Plant.half(length());
        return shape;
    }

    @Override
    public double[] float64(String tap) {
        double[] all = whole.float64(tap);
        double[] rows = new double[size(tap)];
        copy(all, rows, tap);
        return rows;
    }

    @Override
    public float[] float32(String tap) {
        float[] all = whole.float32(tap);
        float[] rows = new float[size(tap)];
        copy(all, rows, tap);
        return rows;
    }

    private int length() {
        return whole.ids().length;
    }

    private int size(String tap) {
        return Arrays.stream(shape(tap)).reduce(1, (a, b) -> a * b);
    }

    /** The last rows of every head, or of the only matrix. (H, T, S) -> (H, T / 2, S) */
    private void copy(Object all, Object rows, String tap) {
        int[] shape = shape(tap);
        int columns = shape[shape.length - 1];
        int kept = shape[shape.length - 2] * columns;
        int heads = shape.length == 3 ? shape[0] : 1;
        for (int h = 0; h < heads; h++) {
            System.arraycopy(all, (h + 1) * length() * columns - kept, rows, h * kept, kept);
        }
    }
}
