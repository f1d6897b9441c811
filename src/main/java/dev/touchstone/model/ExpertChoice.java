package dev.touchstone.model;

import dev.touchstone.tensor.Tensor;
import java.util.Arrays;

/**
 * Which experts a token gets: those with the highest scores.
 *
 * @param count how many, K
 */
public record ExpertChoice(int count) {
    /** The indices of the chosen experts, in ascending order. (T, E) -> (T, K) */
    Tensor of(Tensor scores) {
        Tensor chosen = Tensor.zeros(scores.rows(), count);
        for (int token = 0; token < scores.rows(); token++) {
            int[] experts = TopK.of(scores.row(token), count);
            Arrays.sort(experts);
            for (int k = 0; k < count; k++) {
                chosen.data()[token * count + k] = experts[k];
            }
        }
        return chosen;
    }
}
