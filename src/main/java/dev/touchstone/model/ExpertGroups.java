package dev.touchstone.model;

import dev.touchstone.kernels.TopK;
import java.util.Arrays;

/**
 * Groups of neighbouring experts. A token gets experts of its best groups only (DeepSeek-V2, 2024).
 *
 * @param count number of groups; the number of experts is a multiple of it
 * @param chosen how many groups are considered for a token
 * @param best the score of a group is the sum of the scores of its so many best experts
 * @param masked the score of experts in other groups
 */
public record ExpertGroups(int count, int chosen, int best, float masked) {
    /** The scores, and {@link #masked} outside of the best groups. (E) -> (E) */
    float[] masked(float[] scores) {
        int size = scores.length / count;
        float[] ofGroups = new float[count];
        for (int group = 0; group < count; group++) {
            ofGroups[group] = score(Arrays.copyOfRange(scores, group * size, (group + 1) * size));
        }
        float[] masked = new float[scores.length];
        Arrays.fill(masked, this.masked);
        for (int group : TopK.of(ofGroups, chosen)) {
            System.arraycopy(scores, group * size, masked, group * size, size);
        }
        return masked;
    }

    /** The score of a group, from those of its experts. */
    private float score(float... experts) {
        Arrays.sort(experts);
        float sum = 0;
        for (int i = 1; i <= best; i++) {
            sum += experts[experts.length - i];
        }
        return sum;
    }
}
