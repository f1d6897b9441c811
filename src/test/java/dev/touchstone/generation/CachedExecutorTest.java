package dev.touchstone.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.kernels.Kernels;
import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.model.RandomModel;
import dev.touchstone.model.Transformer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which tokens are computed again, and how many in each pass. {@link SameBitsTest} compares the results. */
class CachedExecutorTest {
    private static final Transformer MODEL = RandomModel.of(new Transformer.Shape(2, 2, 3, 6, 32, 11), 7, 1);

    /** The number of tokens of each pass. */
    private final List<Integer> passes = new ArrayList<>();

    /** Scalar kernels that record the number of tokens of each pass. Each pass embeds tokens, and then positions. */
    private Kernels counting() {
        Kernels kernels = new ScalarKernels();
        int[] calls = {0};
        return (Kernels) Proxy.newProxyInstance(
                Kernels.class.getClassLoader(), new Class<?>[] {Kernels.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("embed") && calls[0]++ % 2 == 0) {
                        passes.add(((int[]) arguments[0]).length);
                    }
                    try {
                        return method.invoke(kernels, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static int[] ids(int count) {
        return IntStream.range(0, count).map(i -> i * 7 % 11).toArray();
    }

    @Test
    void onlyNewTokensAreComputed() {
        CachedExecutor cached = new CachedExecutor(MODEL, counting());

        cached.next(List.of(ids(5)));
        cached.next(List.of(ids(6)));
        cached.next(List.of(ids(9)));
        cached.next(List.of(ids(9)));
        cached.next(List.of(ids(4)));

        assertThat(passes).containsExactly(5, 1, 3, 1, 1);
    }

    @Test
    void aSequenceWithAnotherFirstTokenIsComputedAgain() {
        CachedExecutor cached = new CachedExecutor(MODEL, counting());
        int[] other = ids(5);
        other[0] = 10;

        cached.next(List.of(ids(5)));
        cached.next(List.of(other));

        assertThat(passes).containsExactly(5, 5);
    }

    @Test
    void tokensWhoseLogitsAreRequestedAreComputedAgain() {
        CachedExecutor cached = new CachedExecutor(MODEL, counting());

        cached.next(List.of(ids(8)));
        cached.last(ids(9), 4);

        assertThat(passes).containsExactly(8, 4);
    }

    @Test
    void aPromptIsComputedInChunks() {
        CachedExecutor cached = new CachedExecutor(MODEL, counting(), 4);

        cached.next(List.of(ids(9)));
        cached.next(List.of(ids(13)));
        cached.next(List.of(ids(18)));

        assertThat(passes).containsExactly(4, 4, 1, 4, 4, 1);
    }

    @Test
    void requestedLogitsAreComputedInOnePassDespiteSmallerChunks() {
        CachedExecutor cached = new CachedExecutor(MODEL, counting(), 2);

        cached.last(ids(7), 3);

        assertThat(passes).containsExactly(2, 2, 3);
    }

    @Test
    void chunksPrecedeThePassWithTheRequestedLogits() {
        CachedExecutor cached = new CachedExecutor(MODEL, counting(), 4);

        cached.last(ids(6), 3);

        assertThat(passes).containsExactly(3, 3);
    }

    @Test
    void sequencesWithTheSamePrefixShareItsCache() {
        CachedExecutor cached = new CachedExecutor(MODEL, counting());
        int[] other = ids(6);
        other[5] = 0;

        cached.next(List.of(ids(5)));
        cached.next(List.of(ids(6), other));
        cached.next(List.of(other));

        assertThat(passes).containsExactly(5, 2, 1);
    }

    @Test
    void memoryGrowsWithTheNumberOfSequences() {
        CachedExecutor cached = new CachedExecutor(MODEL, counting());
        assertThat(cached.bytes()).isZero();
        assertThat(cached.tokens()).isZero();

        cached.next(List.of(ids(5)));
        long one = cached.bytes();
        cached.next(List.of(ids(5), ids(6)));

        assertThat(one).isPositive();
        assertThat(cached.bytes()).isEqualTo(2 * one);
        assertThat(cached.tokens()).isEqualTo(5 + 6);
    }

    @Test
    void aChunkOfZeroTokensIsRefused() {
        assertThatThrownBy(() -> new CachedExecutor(MODEL, new ScalarKernels(), 0))
                .hasMessage("a chunk has at least one token, got 0");
        assertThatCode(() -> new CachedExecutor(MODEL, new ScalarKernels(), 1)).doesNotThrowAnyException();
    }
}
