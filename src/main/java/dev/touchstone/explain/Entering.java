package dev.touchstone.explain;

import dev.touchstone.kernels.Kernels;
import dev.touchstone.model.Stem;
import dev.touchstone.tensor.Tensor;
import java.util.Map;

/** The residual stream as the first block finds it. */
final class Entering {
    private Entering() {}

    /** Its tap; where tokens and positions are added and no module stands for that, both of theirs. */
    static String name(Stem stem) {
        if (stem.norm() != null) {
            return stem.norm().name();
        }
        if (stem.embedded() != null) {
            return stem.embedded();
        }
        String tokens = stem.wte().name();
        return stem.wpe() == null ? tokens : tokens + " + " + Placing.name(stem.wpe());
    }

    /** -> (T, C) */
    static Tensor stream(Stem stem, Kernels kernels, Map<String, Tensor> taps) {
        Tensor tap = taps.get(name(stem));
        return tap != null ? tap : kernels.add(taps.get(stem.wte().name()), taps.get(Placing.name(stem.wpe())));
    }
}
