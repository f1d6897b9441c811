package dev.touchstone.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.checkpoint.LoadedModel;
import dev.touchstone.generation.SpeculativeGenerator.Result;
import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.model.Transformer;
import dev.touchstone.parity.Fixture;
import dev.touchstone.support.Fixtures;
import dev.touchstone.support.Prompts;
import dev.touchstone.support.Prompts.Prompt;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class SpeculativeTest {
    @Property(tries = 30)
    void greedyIdsEqualThoseWithoutDrafts(
            @ForAll("prompts") Prompt prompt,
            @ForAll @IntRange(min = 1, max = 6) int count,
            @ForAll @IntRange(min = 1, max = 9) int stride,
            @ForAll boolean lookup) {
        check(prompt, count, stride, lookup);
    }

    /** With LongRoPE the logits of all tokens change where the text becomes longer than the trained context. */
    @Property(tries = 30)
    void noDraftCrossesTheTrainedContext(
            @ForAll("longRopePrompts") Prompt prompt,
            @ForAll @IntRange(min = 1, max = 6) int count,
            @ForAll boolean lookup) {
        check(prompt, count, 8, lookup);
    }

    private static void check(Prompt prompt, int count, int stride, boolean lookup) {
        LoadedModel loaded = Fixtures.model(prompt.fixture());
        Transformer model = loaded.transformer();
        Window window = Window.slide(model.shape().positions(), stride);
        Settings settings = Settings.greedy(12, Set.of(), window);
        Drafter drafter = lookup
                ? new PromptLookup(3, model.shape().vocabulary())
                : new ModelDrafter(new SometimesWrongExecutor(cached(model)), window);

        Generation plain =
                new Generator(cached(model), loaded.tokenizer()).generate(prompt.ids(), settings, step -> {});
        Result speculative = new SpeculativeGenerator(cached(model), loaded.tokenizer(), drafter, count)
                .generate(prompt.ids(), settings, step -> {});

        assertThat(speculative.generation().ids()).isEqualTo(plain.ids());
        assertThat(speculative.statistics().tokens()).isEqualTo(plain.ids().length);
    }

    @Provide
    Arbitrary<Prompt> longRopePrompts() {
        return Arbitraries.just(Fixtures.named("tiny-phi3")).flatMap(Prompts::of);
    }

    private static Executor cached(Transformer model) {
        return new CachedExecutor(model, new ScalarKernels());
    }

    @Provide
    Arbitrary<Prompt> prompts() {
        Arbitrary<Fixture> fixtures = Arbitraries.of(Fixtures.all());
        return fixtures.flatMap(Prompts::of);
    }
}
