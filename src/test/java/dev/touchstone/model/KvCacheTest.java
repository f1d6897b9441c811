package dev.touchstone.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.tensor.KeyValuePages;
import dev.touchstone.tensor.Tensor;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KvCacheTest {
    private static final Transformer.Shape SHAPE = new Transformer.Shape(2, 2, 3, 6, 400, 11);
    private static final Transformer MODEL = RandomModel.of(SHAPE, 5, 1);
    private static final Transformer WINDOWED = RandomModel.within(20, MODEL);

    /** The bytes of the keys and values of one position in both layers. */
    private static final long BYTES_OF_A_POSITION = 2L * 2 * SHAPE.channels() * Float.BYTES;

    private static final int[] IDS = new Random(7).ints(300, 0, 11).toArray();

    @Test
    void lengthAndMemoryGrowWithTheTokens() {
        KvCache cache = MODEL.newCache();
        assertThat(cache.length()).isZero();
        assertThat(cache.bytes()).isZero();

        forward(MODEL, cache, 0, 5);
        forward(MODEL, cache, 5, 66);

        assertThat(cache.length()).isEqualTo(66);
        assertThat(cache.bytes()).isEqualTo(2 * KeyValuePages.POSITIONS * BYTES_OF_A_POSITION);
    }

    @Test
    void truncatedTokensHaveNoEffect() {
        KvCache cache = MODEL.newCache();
        forward(MODEL, cache, 0, 5);
        forward(MODEL, cache, 100, 170);

        assertThat(cache.truncate(5)).isSameAs(cache);

        assertThat(cache.length()).isEqualTo(5);
        assertThat(forward(MODEL, cache, 5, 12).data())
                .isEqualTo(forward(MODEL, MODEL.newCache(), 0, 12).rows(5, 12).data());
    }

    @Test
    void aCopyIsIndependent() {
        KvCache cache = MODEL.newCache();
        forward(MODEL, cache, 0, 5);

        KvCache copy = cache.copy(4);
        forward(MODEL, copy, 100, 104);

        assertThat(copy.length()).isEqualTo(8);
        assertThat(cache.length()).isEqualTo(5);
        Tensor whole = forward(MODEL, MODEL.newCache(), 0, 12);
        assertThat(forward(MODEL, cache, 5, 12).data())
                .isEqualTo(whole.rows(5, 12).data());
    }

    /** The last {@value KeyValuePages#POSITIONS} tokens can be removed, so their windows are kept too. */
    @Test
    void positionsOutsideTheWindowAreEvicted() {
        KvCache whole = MODEL.newCache();
        KvCache windowed = WINDOWED.newCache();

        for (int i = 0; i < IDS.length; i += 50) {
            forward(MODEL, whole, i, i + 50);
            forward(WINDOWED, windowed, i, i + 50);
        }

        assertThat(windowed.length()).isEqualTo(300);
        assertThat(windowed.canTruncateTo(300 - KeyValuePages.POSITIONS)).isTrue();
        assertThat(windowed.canTruncateTo(100)).isFalse();
        assertThat(whole.canTruncateTo(100)).isTrue();
        assertThat(windowed.bytes()).isLessThanOrEqualTo(BYTES_OF_A_POSITION * (20 + 2 * KeyValuePages.POSITIONS));
    }

    private static Tensor forward(Transformer model, KvCache cache, int from, int to) {
        return model.forward(Batch.of(Arrays.copyOfRange(IDS, from, to), cache), new ScalarKernels(), Trace.OFF);
    }
}
