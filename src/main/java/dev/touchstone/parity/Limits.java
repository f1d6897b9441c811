package dev.touchstone.parity;

import dev.touchstone.parity.errors.Deviation;
import java.io.Serializable;

/**
 * The largest errors with which a tap passes.
 *
 * @param ratio the largest ratio of the error to PyTorch's
 * @param local the largest error of the operation that computes the tap, as a share of the largest expected value
 */
public record Limits(double ratio, double local) implements Serializable {
    /** Those of an engine that computes in float32. */
    public static final Limits FLOAT32 = new Limits(TapResult.MAX_RATIO, Deviation.LOCAL_BOUND);

    /** The limits of a tap that is computed by several operations, because the taps between them are absent. */
    Limits ofOperations(int count) {
        return new Limits(ratio, count * local);
    }
}
