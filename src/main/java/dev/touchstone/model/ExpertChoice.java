package dev.touchstone.model;

import dev.touchstone.kernels.TopK;
import dev.touchstone.tensor.Tensor;
import java.util.Arrays;

/**
 * Which experts a token gets: those with the highest scores.
 *
 * @param count how many, K
 * @param bias added to the scores for the choice, not for the weights: {@code e_score_correction_bias} in DeepSeek-V3; null for none. (E)
 * @param groups of experts, of which only the best are considered; null for no groups
 */
public record ExpertChoice(int count, float[] bias, ExpertGroups groups) {
    /** The highest of all scores. */
    public ExpertChoice(int count) {
        this(count, null, null);
    }

    /** The indices of the chosen experts, in ascending order. (T, E) -> (T, K) */
    public Tensor of(Tensor scores) {
        Tensor chosen = Tensor.zeros(scores.rows(), count);
        for (int token = 0; token < scores.rows(); token++) {
            float[] biased = biased(scores.row(token));
            int[] experts = TopK.of(groups == null ? biased : groups.masked(biased), count);
            Arrays.sort(experts);
            for (int k = 0; k < count; k++) {
                chosen.data()[token * count + k] = experts[k];
            }
        }
        return chosen;
    }

    /** (E) -> (E) */
    private float[] biased(float[] scores) {
        float[] biased = scores.clone();
        for (int expert = 0; bias != null && expert < biased.length; expert++) {
            biased[expert] += bias[expert];
        }
        return biased;
    }
}
