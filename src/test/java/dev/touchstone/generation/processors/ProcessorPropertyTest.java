package dev.touchstone.generation.processors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.generation.BruteForce;
import dev.touchstone.generation.processors.Distributions.Input;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Supplier;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;

/** The result of each processor equals its definition for small vocabularies. */
@Domain(Distributions.class)
@Domain(DomainContext.Global.class)
class ProcessorPropertyTest {
    @Property
    void temperatureDividesEveryScore(
            @ForAll Input input, @ForAll @DoubleRange(min = 0.01, max = 9) double temperature) {
        same(new Temperature(temperature), input, () -> BruteForce.temperature(input.scores(), temperature));
    }

    @Property
    void topKKeepsTokensThatFewerThanKExceed(@ForAll Input input, @ForAll @IntRange(min = 1, max = 15) int k) {
        filters(new TopK(k), input, () -> BruteForce.topK(input.scores(), k));
    }

    @Property
    void topPKeepsTheSmallestSetThatReachesP(
            @ForAll Input input, @ForAll @DoubleRange(min = 0.001, max = 0.999) @Scale(6) double p) {
        filters(new TopP(p), input, () -> BruteForce.topP(input.scores(), p));
    }

    @Property
    void minPKeepsTokensByTheirRatioToTheMostLikely(
            @ForAll Input input, @ForAll @DoubleRange(min = 0.001, max = 0.999) @Scale(6) double p) {
        filters(new MinP(p), input, () -> BruteForce.minP(input.scores(), p));
    }

    @Property
    void typicalPKeepsTokensNearTheEntropy(
            @ForAll Input input, @ForAll @DoubleRange(min = 0.001, max = 0.999) @Scale(6) double p) {
        filters(new TypicalP(p), input, () -> BruteForce.typicalP(input.scores(), p));
    }

    @Property
    void repetitionPenaltyAppliesOncePerToken(
            @ForAll Input input, @ForAll @DoubleRange(min = 0.1, max = 5) double penalty) {
        same(
                new RepetitionPenalty(penalty),
                input,
                () -> BruteForce.repetitionPenalty(input.ids(), input.scores(), penalty));
    }

    @Property
    void noRepeatNgramForbidsRepetition(@ForAll Input input, @ForAll @IntRange(min = 1, max = 5) int size) {
        filters(new NoRepeatNgram(size), input, () -> BruteForce.noRepeatNgram(input.ids(), input.vocabulary(), size));
    }

    @Property(tries = 300)
    void theOrderOfTheSettersDoesNotMatter(@ForAll long seed) {
        List<Consumer<Processors>> setters = new ArrayList<>(List.of(
                all -> all.typicalP(0.9),
                all -> all.minP(0.1),
                all -> all.topP(0.8),
                all -> all.topK(5),
                all -> all.temperature(0.7),
                all -> all.noRepeatNgram(2),
                all -> all.repetitionPenalty(1.3)));
        Collections.shuffle(setters, new Random(seed));
        Processors processors = new Processors();

        setters.forEach(setter -> setter.accept(processors));

        assertThat(processors.forSampling())
                .containsExactly(
                        new RepetitionPenalty(1.3),
                        new NoRepeatNgram(2),
                        new Temperature(0.7),
                        new TopK(5),
                        new TopP(0.8),
                        new MinP(0.1),
                        new TypicalP(0.9));
    }

    private static void filters(LogitsProcessor processor, Input input, Supplier<boolean[]> kept) {
        same(processor, input, () -> BruteForce.keep(input.scores(), kept.get()));
    }

    private static void same(LogitsProcessor processor, Input input, Supplier<float[]> definition) {
        float[] before = input.scores().clone();
        float[] expected;
        try {
            expected = definition.get();
        } catch (BruteForce.Unclear e) {
            Assume.that(false);
            return;
        }

        float[] actual = processor.process(input.ids(), input.scores());

        assertThat(actual).as("%s on %s", processor, input).isEqualTo(expected);
        assertThat(input.scores()).as("the input").isEqualTo(before);
    }
}
