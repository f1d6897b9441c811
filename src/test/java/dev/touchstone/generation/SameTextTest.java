package dev.touchstone.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.checkpoint.LoadedModel;
import dev.touchstone.generation.processors.LogitsProcessor;
import dev.touchstone.generation.processors.Processors;
import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.model.Transformer;
import dev.touchstone.parity.Fixture;
import dev.touchstone.support.Fixtures;
import dev.touchstone.support.Prompts;
import dev.touchstone.support.Prompts.Prompt;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** A seed gives the same text with and without cache, chunks, other sequences in the batch, and streaming. */
class SameTextTest {
    private static final int LENGTH = 8;

    @Property(tries = 12)
    void theSameSeedGivesTheSameText(
            @ForAll("batches") List<Prompt> batch,
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 20) int chunk,
            @ForAll @IntRange(min = 1, max = 9) int stride) {
        LoadedModel model = Fixtures.model(batch.get(0).fixture());
        Transformer transformer = model.transformer();
        List<LogitsProcessor> processors = new Processors()
                .temperature(0.8)
                .topK(40)
                .topP(0.95)
                .repetitionPenalty(1.1)
                .forSampling();
        Settings settings = Settings.greedy(
                        LENGTH,
                        Set.copyOf(model.generation().eosIds()),
                        Window.slide(transformer.shape().positions(), stride))
                .withProcessors(processors)
                .withSampler(Sampler.MULTINOMIAL, seed);
        Executor naive = new NaiveExecutor(transformer, new ScalarKernels());
        Executor cached = new CachedExecutor(transformer, new ScalarKernels());
        Executor chunked = new CachedExecutor(transformer, new ScalarKernels(), chunk);

        List<int[]> prompts = batch.stream().map(Prompt::ids).toList();
        List<Generation> together = new Generator(chunked, model.tokenizer()).generate(prompts, settings, step -> {});

        for (int row = 0; row < prompts.size(); row++) {
            List<Integer> streamedIds = new ArrayList<>();
            StringBuilder streamed = new StringBuilder();
            Generation alone = new Generator(row == 0 ? naive : cached, model.tokenizer())
                    .generate(prompts.get(row), settings, step -> {
                        streamedIds.add(step.id());
                        streamed.append(step.text());
                    });

            assertThat(together.get(row).ids()).isEqualTo(alone.ids());
            assertThat(together.get(row).text()).isEqualTo(alone.text());
            assertThat(streamedIds.stream().mapToInt(Integer::intValue).toArray())
                    .isEqualTo(alone.ids());
            assertThat(streamed).hasToString(alone.text());
        }
    }

    @Provide
    Arbitrary<List<Prompt>> batches() {
        Arbitrary<Fixture> fixtures = Arbitraries.of(Fixtures.all());
        return fixtures.flatMap(
                fixture -> Prompts.of(fixture).list().ofMinSize(1).ofMaxSize(3));
    }
}
