package dev.touchstone.generation;

import dev.touchstone.tensor.Tensor;
import java.util.List;

/**
 * Computes logits from token ids. An executor may cache intermediate results between calls. That changes its speed, but no bit
 * of its results.
 */
public interface Executor {
    /** The logits after each sequence. They do not depend on the other sequences of the batch. -> (B, V) */
    Tensor next(List<int[]> sequences);

    /** The logits after each of the last {@code count} tokens of one sequence. (S) -> (count, V) */
    Tensor last(int[] ids, int count);

    /**
     * The length up to which a sequence of {@code length} tokens may grow before the logits of its tokens change. Beyond it, {@link #last}
     * gives other logits of earlier tokens than {@link #next} gave before, as with LongRoPE.
     */
    default int lengthOfSameLogits(int length) {
        return Integer.MAX_VALUE;
    }
}
