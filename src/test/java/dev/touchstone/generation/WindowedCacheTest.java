package dev.touchstone.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.kernels.Kernels;
import dev.touchstone.kernels.LoopCounts;
import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.kernels.VectorKernels;
import dev.touchstone.kernels.VectorUse;
import dev.touchstone.model.RandomModel;
import dev.touchstone.model.Transformer;
import dev.touchstone.tensor.KeyValuePages;
import dev.touchstone.tensor.KeyValueShape;
import dev.touchstone.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With sliding-window attention, the cache keeps only the window, and the results are the same. */
class WindowedCacheTest {
    private static final Transformer.Shape SHAPE = new Transformer.Shape(2, 2, 5, 10, 600, 31);
    private static final int PAGE = KeyValuePages.POSITIONS;

    private static Transformer model(int window) {
        return RandomModel.within(window, RandomModel.of(SHAPE, 13, window));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 20, 64, 65})
    void memoryIsLimitedByTheWindow(int window) {
        CachedExecutor cached = new CachedExecutor(model(window), new ScalarKernels());
        long perPosition = 2L * Float.BYTES * SHAPE.layers() * SHAPE.channels();
        long most = 0;

        for (int length = 1; length < SHAPE.positions(); length += 7) {
            cached.next(List.of(new int[length]));
            most = Math.max(most, cached.bytes());
        }

        assertThat(most).isLessThanOrEqualTo(perPosition * (window + 3 * PAGE));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 20, 63, 64, 65, 130})
    void bitsEqualThoseWithAMask(int window) {
        Transformer model = model(window);
        Random random = new Random(window);
        int[] ids = random.ints(400, 0, SHAPE.vocabulary()).toArray();
        NaiveExecutor naive = new NaiveExecutor(model, new ScalarKernels());
        LoopCounts counts = new LoopCounts();
        try (VectorKernels vector = counts.open(2, VectorUse.ALWAYS)) {
            for (Kernels kernels : List.of(new ScalarKernels(), vector)) {
                CachedExecutor cached = new CachedExecutor(model, kernels, 1 + random.nextInt(90));
                for (int length = 30; length < ids.length; length += 1 + random.nextInt(90)) {
                    same(cached, naive, Arrays.copyOf(ids, length));
                }
            }
        }
        counts.assertOnlyVector();
    }

    /** After removing a few tokens, cached keys are reused; after removing more, the executor computes them again. */
    @Test
    void tokensCanBeRemoved() {
        Transformer model = model(20);
        int[] ids = new Random(3).ints(400, 0, SHAPE.vocabulary()).toArray();
        NaiveExecutor naive = new NaiveExecutor(model, new ScalarKernels());
        CachedExecutor cached = new CachedExecutor(model, new ScalarKernels());

        for (int back : new int[] {1, 5, 63, 64, 65, 200, 399}) {
            cached.next(List.of(ids));
            int[] other = Arrays.copyOf(ids, ids.length - back + 1);
            other[other.length - 1] = (other[other.length - 1] + 1) % SHAPE.vocabulary();

            same(cached, naive, other);
        }
    }

    @Test
    void keysInTheWindowOfLaterQueriesAreNotEvicted() {
        for (int window : new int[] {1, 2, 63, 64, 65, 200}) {
            KeyValuePages pages = new KeyValuePages(new KeyValueShape(1, 1), window);
            Tensor row = Tensor.zeros(1, 1);
            for (int length = 1; length < 500; length++) {
                pages.append(row, row, 0, 1);
                pages.evict();

                assertThat(pages.canTruncateTo(length)).isTrue();
                assertThat(pages.canTruncateTo(Math.max(0, length - PAGE))).isTrue();
                assertThat(pages.bytes()).isLessThanOrEqualTo(2L * Float.BYTES * (window + 3 * PAGE));
            }
        }
    }

    private static void same(Executor cached, Executor naive, int[] ids) {
        float[] expected = naive.next(List.of(ids)).data();
        assertThat(Arrays.equals(cached.next(List.of(ids)).data(), expected))
                .as("equal bits of the logits after %s tokens", ids.length)
                .isTrue();
    }
}
