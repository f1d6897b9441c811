package dev.touchstone.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.kernels.Kernels;
import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.support.Fixtures;
import dev.touchstone.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Sequences that become longer than the trained context, which are 8 tokens in {@code tiny-phi3}, and shorter again. */
class LongRopeTest {
    private static final Kernels KERNELS = new ScalarKernels();
    private static final int[] IDS = IntStream.range(0, 13).map(i -> i * 7 % 31).toArray();

    private final Transformer model =
            Fixtures.model(Fixtures.named("tiny-phi3")).transformer();

    @Test
    void aLongerSequenceHasOtherFrequenciesFromItsFirstToken() {
        Rotary rotary = model.rotaries().of(0);
        Transformer shortOnly = new Transformer(
                model.shape(),
                model.stem(),
                LayerRotaries.same(
                        new Rotary(
                                rotary.name(),
                                rotary.headSize(),
                                rotary.layout(),
                                rotary.frequencies(),
                                rotary.factor()),
                        model.blocks().size()),
                model.blocks(),
                model.lnF(),
                model.head());

        assertThat(logits(model, 8)).isEqualTo(logits(shortOnly, 8));
        assertThat(logits(model, 9)).isNotEqualTo(logits(shortOnly, 9));
    }

    @Test
    void logitsTokenByTokenEqualThoseOfOnePass() {
        KvCache cache = model.newCache();
        for (int length = 1; length <= IDS.length; length++) {
            assertThat(next(cache, length - 1, length)).as("%d tokens", length).isEqualTo(logits(model, length));
        }
    }

    @Test
    void logitsInChunksEqualThoseOfOnePass() {
        KvCache cache = model.newCache();
        next(cache, 0, 5);

        assertThat(next(cache, 5, 11)).isEqualTo(logits(model, 11));
    }

    @Test
    void logitsAfterTruncationAndInACopyEqualThoseOfOnePass() {
        KvCache cache = model.newCache();
        next(cache, 0, 12);
        KvCache copy = cache.copy(10);

        assertThat(next(cache.truncate(6), 6, 8)).isEqualTo(logits(model, 8));
        assertThat(next(copy, 10, 11)).isEqualTo(logits(model, 11));
        assertThat(next(cache, 8, 9)).isEqualTo(logits(model, 9));
    }

    /** The logits after tokens {@code from} to {@code to}, of which those before {@code from} are cached. (V) */
    private float[] next(KvCache cache, int from, int to) {
        Batch.Sequence sequence = new Batch.Sequence(Arrays.copyOfRange(IDS, from, to), cache, 1);
        return model.forward(new Batch(List.of(sequence)), KERNELS, Trace.OFF)
                .data()
                .clone();
    }

    private static float[] logits(Transformer model, int length) {
        Tensor all = model.forward(Arrays.copyOf(IDS, length), KERNELS, Trace.OFF);
        return all.rows(length - 1, length).data().clone();
    }
}
