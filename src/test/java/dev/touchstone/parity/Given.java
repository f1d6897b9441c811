package dev.touchstone.parity;

import dev.touchstone.parity.errors.Deviation;
import dev.touchstone.parity.errors.ErrorDistribution;
import dev.touchstone.parity.errors.Reference;
import java.util.List;

/** A reference with the single tap {@code x}. */
public record Given(int[] shape, double[] truth, float[] float32) implements Reference {
    @Override
    public int[] ids() {
        return new int[shape[0]];
    }

    @Override
    public List<String> taps() {
        return List.of("x");
    }

    @Override
    public int[] shape(String tap) {
        return shape.clone();
    }

    @Override
    public double[] float64(String tap) {
        return truth;
    }

    @Override
    public float[] float32(String tap) {
        return float32;
    }

    /** The result of a tap of ten tokens with these RMS errors. */
    public static TapResult tap(String name, double engine, double pytorch) {
        ErrorDistribution distribution = new ErrorDistribution(0, new int[ErrorDistribution.BUCKETS], List.of());
        return new TapResult(
                name,
                new int[] {10, 1},
                0,
                error(engine),
                error(pytorch),
                error(0),
                distribution,
                false,
                Limits.FLOAT32);
    }

    private static Deviation error(double rms) {
        return new Deviation(10, rms, rms, 0, 1e6);
    }
}
