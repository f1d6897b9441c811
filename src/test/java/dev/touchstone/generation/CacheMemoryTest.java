package dev.touchstone.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.model.RandomModel;
import dev.touchstone.model.Transformer;
import dev.touchstone.support.Fixtures;
import dev.touchstone.tensor.KeyValuePages;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The memory of a cache: a key and a value of four bytes per channel, for each layer and token, in whole pages of 64 tokens,
 * and 256 further bytes per page of values.
 */
class CacheMemoryTest {
    private static final Transformer MODEL = RandomModel.of(new Transformer.Shape(3, 2, 9, 18, 256, 11), 7, 1);

    @ParameterizedTest
    @ValueSource(ints = {1, 63, 64, 65, 200})
    void aTokenTakesTwoFloatsPerChannelAndLayer(int tokens) {
        CachedExecutor cached = new CachedExecutor(MODEL, new ScalarKernels());

        cached.next(List.of(new int[tokens]));

        int pages = (tokens + KeyValuePages.POSITIONS - 1) / KeyValuePages.POSITIONS;
        long perToken =
                2L * Float.BYTES * MODEL.shape().layers() * MODEL.shape().channels();
        long padding = 256L * MODEL.shape().layers() * pages;
        assertThat(cached.bytes()).isBetween(perToken * tokens, perToken * pages * KeyValuePages.POSITIONS + padding);
    }

    /** Latent attention: 12 channels of the latent and 6 that are rotated, instead of 3 heads of 10 + 7. */
    @Test
    void aCacheOfLatentsHasNoHeads() {
        Transformer model = Fixtures.model(Fixtures.named("tiny-deepseek-v3")).transformer();
        CachedExecutor cached = new CachedExecutor(model, new ScalarKernels());

        cached.next(List.of(new int[40]));

        assertThat(cached.bytes()).isEqualTo(2L * (12 + 6) * KeyValuePages.POSITIONS * Float.BYTES);
    }

    @Test
    void aShorterSequenceFreesMemory() {
        CachedExecutor cached = new CachedExecutor(MODEL, new ScalarKernels());
        cached.next(List.of(new int[130]));
        long before = cached.bytes();

        cached.next(List.of(new int[3]));

        assertThat(cached.bytes()).isLessThan(before / 2);
    }
}
