package dev.touchstone.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.kernels.Kernels;
import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.tensor.Tensor;
import dev.touchstone.util.TouchstoneException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransformerTest {
    private static final Transformer.Shape SHAPE = new Transformer.Shape(2, 2, 3, 6, 7, 11);
    private static final Transformer MODEL = RandomModel.of(SHAPE, 5, 1);

    @Test
    void anEmptyPromptIsRefused() {
        assertThatThrownBy(() -> forward(new int[0]))
                .isInstanceOf(TouchstoneException.class)
                .hasMessage("the prompt is empty: give at least one token");
    }

    @Test
    void aSequenceLongerThanTheContextIsRefused() {
        assertThatCode(() -> forward(ids(7))).doesNotThrowAnyException();
        assertThatThrownBy(() -> forward(ids(8)))
                .isInstanceOf(TouchstoneException.class)
                .hasMessage("the sequence has 8 tokens, the model has positions for 7; shorten it");
    }

    @Test
    void cachedTokensCountTowardsTheContext() {
        KvCache cache = MODEL.newCache();
        MODEL.forward(Batch.of(ids(5), cache), new ScalarKernels(), Trace.OFF);

        assertThatThrownBy(() -> MODEL.forward(Batch.of(ids(3), cache), new ScalarKernels(), Trace.OFF))
                .hasMessage("the sequence has 8 tokens, the model has positions for 7; shorten it");
        assertThatCode(() -> MODEL.forward(Batch.of(ids(2), cache), new ScalarKernels(), Trace.OFF))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 11, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void anIdOutsideTheVocabularyIsRefused(int id) {
        assertThatThrownBy(() -> forward(3, id))
                .isInstanceOf(TouchstoneException.class)
                .hasMessage("token id " + id + " is not in the vocabulary; ids go from 0 to 10");
    }

    @Test
    void theFirstAndTheLastIdAreValid() {
        assertThatCode(() -> forward(0, 10)).doesNotThrowAnyException();
    }

    @Test
    void logitsAreComputedForTheRequestedTokensOnly() {
        KvCache first = MODEL.newCache();
        KvCache second = MODEL.newCache();
        Batch batch = new Batch(List.of(new Batch.Sequence(ids(5), first, 2), new Batch.Sequence(ids(3), second, 1)));

        Tensor logits = MODEL.forward(batch, new ScalarKernels(), Trace.OFF);

        assertThat(logits.shape()).containsExactly(3, 11);
        assertThat(logits.rows(0, 2).data())
                .isEqualTo(forward(ids(5)).rows(3, 5).data());
        assertThat(logits.rows(2, 3).data())
                .isEqualTo(forward(ids(3)).rows(2, 3).data());
    }

    @Test
    void theLensOfTheLastBlockEqualsTheLogits() {
        Map<String, Tensor> taps = new HashMap<>();
        Tensor logits = MODEL.forward(ids(4), new ScalarKernels(), taps::put);

        Tensor lens = MODEL.lens(taps.get("h.1"), new ScalarKernels());

        assertThat(lens.data()).isEqualTo(logits.data());
        assertThat(MODEL.lens(taps.get("h.0"), new ScalarKernels()).data()).isNotEqualTo(logits.data());
    }

    /** Only a pass without a trace uses kernels that reuse the arrays of earlier blocks. */
    @Test
    void kernelsAreNotifiedWhenABlockIsDone() {
        List<String> calls = new ArrayList<>();

        MODEL.forward(ids(4), recording(calls, ""), Trace.OFF);
        assertThat(calls).containsExactly("forBlocks", "blocks: blockIsDone", "blocks: blockIsDone");

        calls.clear();
        MODEL.forward(ids(4), recording(calls, ""), (name, value) -> {});
        assertThat(calls).containsExactly("blockIsDone", "blockIsDone");
    }

    /** Scalar kernels that record some of their calls, each with a prefix. */
    private static Kernels recording(List<String> calls, String prefix) {
        Kernels kernels = new ScalarKernels();
        return (Kernels) Proxy.newProxyInstance(
                Kernels.class.getClassLoader(), new Class<?>[] {Kernels.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("blockIsDone")) {
                        calls.add(prefix + "blockIsDone");
                    }
                    if (method.getName().equals("forBlocks")) {
                        calls.add("forBlocks");
                        return recording(calls, "blocks: ");
                    }
                    try {
                        return method.invoke(kernels, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static Tensor forward(int... ids) {
        return MODEL.forward(ids, new ScalarKernels(), Trace.OFF);
    }

    private static int[] ids(int count) {
        return IntStream.range(0, count).map(i -> (i * 7 + 2) % 11).toArray();
    }
}
