package dev.touchstone.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.model.RandomModel;
import dev.touchstone.model.Trace;
import dev.touchstone.model.Transformer;
import dev.touchstone.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class NaiveExecutorTest {
    private static final Transformer MODEL = RandomModel.of(new Transformer.Shape(2, 2, 3, 6, 32, 11), 7, 1);

    /** The model computes a row of logits for every position, of which the last is returned. */
    @Test
    void eachSequenceGetsItsLastRowOfLogits() {
        NaiveExecutor naive = new NaiveExecutor(MODEL, new ScalarKernels());
        List<int[]> sequences = List.of(new int[] {1, 2, 3}, new int[] {4}, new int[] {5, 6});

        Tensor next = naive.next(sequences);

        assertThat(next.shape()).containsExactly(3, 11);
        for (int b = 0; b < 3; b++) {
            int[] ids = sequences.get(b);
            Tensor whole = MODEL.forward(ids, new ScalarKernels(), Trace.OFF);
            assertThat(next.rows(b, b + 1).data())
                    .containsExactly(whole.rows(ids.length - 1, ids.length).data());
        }
    }
}
