package dev.touchstone.generation;

import dev.touchstone.tensor.Tensor;
import java.util.List;

/**
 * How logits are made. To its caller an executor is a function of token ids: what it remembers from call to call can
 * change how fast it answers, never a bit of the answer.
 */
public interface Executor {
    /** Scores for the token after each sequence; a sequence's scores do not depend on its company. -> (B, V) */
    Tensor next(List<int[]> sequences);

    /** Scores for the token after each of the last {@code count} tokens of one sequence. (S) -> (count, V) */
    Tensor last(int[] ids, int count);
}
