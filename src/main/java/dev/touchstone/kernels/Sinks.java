package dev.touchstone.kernels;

import dev.touchstone.tensor.Tensor;
import java.util.List;

/** Attention sinks as a last column of the scores. */
final class Sinks {
    private Sinks() {}

    /** (H, T, S), (H) -> (H, T, S + 1) */
    static Tensor append(Tensor scores, List<Float> sinks) {
        int S = scores.size(-1);
        Tensor extended = Tensor.zeros(scores.size(0), scores.size(1), S + 1);
        for (int row = 0; row < scores.rows(); row++) {
            System.arraycopy(scores.data(), row * S, extended.data(), row * (S + 1), S);
            extended.data()[row * (S + 1) + S] = sinks.get(row / scores.size(1));
        }
        return extended;
    }

    /** (H, T, S + 1) -> (H, T, S) */
    static Tensor remove(Tensor extended) {
        int S = extended.size(-1) - 1;
        return Tensor.of(extended.columns(0, S).data(), extended.size(0), extended.size(1), S);
    }
}
