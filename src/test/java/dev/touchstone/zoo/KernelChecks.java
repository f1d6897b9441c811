package dev.touchstone.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.touchstone.kernels.Kernels;
import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.model.Batch;
import dev.touchstone.model.KvCache;
import dev.touchstone.model.Trace;
import dev.touchstone.model.Transformer;
import dev.touchstone.support.Fixtures;
import dev.touchstone.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Checks of kernels: the same bits in repeated runs, batches and token by token, and no overflow or cancellation. */
final class KernelChecks {
    private static final Transformer MODEL =
            Fixtures.model(Fixtures.named("tiny-gpt2")).transformer();
    private static final int[] IDS =
            IntStream.range(0, 24).map(i -> i * 31 % 200).toArray();

    static final Check<Kernels> REPEATED_RUNS = check("repeated runs give the same bits", kernels -> {
        Map<String, Tensor> first = trace(kernels);

        same(first, trace(kernels));
    });

    static final Check<Kernels> SCALAR = check(
            "the same bits as the scalar definition", kernels -> same(trace(new ScalarKernels()), trace(kernels)));

    static final Check<Kernels> OTHER_ROWS = check("the bits of a row do not depend on the other rows", kernels -> {
        Tensor alone = MODEL.forward(Batch.of(IDS, MODEL.newCache()), kernels, Trace.OFF);
        Batch.Sequence other = new Batch.Sequence(Arrays.copyOf(IDS, 5), MODEL.newCache(), 1);
        Batch.Sequence sequence = new Batch.Sequence(IDS, MODEL.newCache(), IDS.length);
        Tensor together = MODEL.forward(new Batch(List.of(other, sequence)), kernels, Trace.OFF);

        assertThat(Arrays.equals(together.rows(1, 1 + IDS.length).data(), alone.data()))
                .as("equal bits")
                .isTrue();
    });

    static final Check<Kernels> TOKEN_BY_TOKEN = check("token by token gives the same bits as all at once", kernels -> {
        Tensor atOnce = MODEL.forward(Batch.of(IDS, MODEL.newCache()), kernels, Trace.OFF);
        KvCache cache = MODEL.newCache();
        for (int t = 0; t < IDS.length; t++) {
            Tensor row = MODEL.forward(Batch.of(new int[] {IDS[t]}, cache), kernels, Trace.OFF);

            assertThat(Arrays.equals(row.data(), atOnce.rows(t, t + 1).data()))
                    .as("equal bits of token %s", t)
                    .isTrue();
        }
    });

    static final Check<Kernels> LARGE_SCORES = check("softmax is finite for scores of any magnitude", kernels -> {
        Tensor probs = kernels.softmax(Tensor.of(new float[] {1000, 1000, -1000, 999}, 1, 1, 4));

        assertThat((double) probs.data()[0]).isCloseTo(1 / (2 + Math.exp(-1)), within(1e-6));
        assertThat(probs.data()[2]).isZero();
    });

    static final Check<Kernels> FAR_FROM_ZERO = check("a norm is accurate for rows far from zero", kernels -> {
        float[] ones = {1, 1, 1};
        Tensor row = Tensor.of(new float[] {10_000, 10_001, 10_002}, 1, 3);

        assertThat((double) kernels.layerNorm(row, ones, new float[3], 0).data()[2])
                .isCloseTo(Math.sqrt(1.5), within(1e-6));
    });

    static final List<Check<Kernels>> ALL =
            List.of(REPEATED_RUNS, SCALAR, OTHER_ROWS, TOKEN_BY_TOKEN, LARGE_SCORES, FAR_FROM_ZERO);

    private KernelChecks() {}

    private static Check<Kernels> check(String name, Consumer<Kernels> assertion) {
        return new Check<>(name, assertion);
    }

    private static Map<String, Tensor> trace(Kernels kernels) {
        Map<String, Tensor> taps = new LinkedHashMap<>();
        MODEL.forward(IDS, kernels, taps::put);
        return taps;
    }

    private static void same(Map<String, Tensor> expected, Map<String, Tensor> actual) {
        expected.forEach(
                (tap, value) -> assertThat(Arrays.equals(actual.get(tap).data(), value.data()))
                        .as("equal bits at %s", tap)
                        .isTrue());
    }
}
