package dev.touchstone.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.generation.Executor;
import dev.touchstone.generation.Generator;
import dev.touchstone.generation.NaiveExecutor;
import dev.touchstone.generation.Settings;
import dev.touchstone.generation.Window;
import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.model.Transformer;
import dev.touchstone.parity.Fixture;
import dev.touchstone.support.Fixtures;
import dev.touchstone.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Checks of an executor whose sequence exceeds the model's context. */
final class SlidingChecks {
    private static final Fixture FIXTURE = Fixtures.named("tiny-gpt2");
    static final Transformer MODEL = Fixtures.model(FIXTURE).transformer();
    private static final Tokenizer TOKENIZER = Fixtures.model(FIXTURE).tokenizer();

    static final Check<Function<Transformer, Executor>> CACHED_IS_NAIVE_BEYOND_THE_CONTEXT =
            new Check<>("beyond the context, logits with a cache have the same bits as without", cached -> {
                for (int stride : new int[] {1, 5}) {
                    float[][] expected = logits(new NaiveExecutor(MODEL, new ScalarKernels()), stride);
                    float[][] actual = logits(cached.apply(MODEL), stride);

                    for (int step = 0; step < expected.length; step++) {
                        assertThat(Arrays.equals(actual[step], expected[step]))
                                .as("stride %s: step %s has the naive logits", stride, step)
                                .isTrue();
                    }
                }
            });

    private SlidingChecks() {}

    /** The logits of each step, from two tokens before the limit of the context to five after it. */
    private static float[][] logits(Executor executor, int stride) {
        int positions = MODEL.shape().positions();
        int[] prompt = IntStream.range(0, positions - 2)
                .map(i -> i * 7 % MODEL.shape().vocabulary())
                .toArray();
        Settings settings = Settings.greedy(7, Set.of(), Window.slide(positions, stride));
        List<float[]> logits = new ArrayList<>();
        new Generator(executor, TOKENIZER).generate(prompt, settings, step -> logits.add(step.logits()));
        return logits.toArray(float[][]::new);
    }
}
