package dev.touchstone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.checkpoint.Checkpoint;
import dev.touchstone.checkpoint.LoadedModel;
import dev.touchstone.generation.Beams.EarlyStopping;
import dev.touchstone.generation.Sampler;
import dev.touchstone.generation.Settings;
import dev.touchstone.generation.processors.LogitsProcessor;
import dev.touchstone.generation.processors.MinP;
import dev.touchstone.generation.processors.NoRepeatNgram;
import dev.touchstone.generation.processors.RepetitionPenalty;
import dev.touchstone.generation.processors.Temperature;
import dev.touchstone.generation.processors.TopK;
import dev.touchstone.generation.processors.TopP;
import dev.touchstone.generation.processors.TypicalP;
import dev.touchstone.util.TouchstoneException;
import dev.touchstone.weights.ReadOptions;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class SamplingTest {
    private static final LoadedModel MODEL = Checkpoint.storyteller(ReadOptions.DEFAULT);
    private static final int[] PROMPT = {5, 6, 7, 8};
    private static final int POSITIONS = MODEL.transformer().shape().positions();

    @Test
    void settingsAreAppliedInHuggingFacesOrder() {
        LogitsProcessor own = (ids, scores) -> scores;
        Settings settings = Sampling.random()
                .processor(own)
                .typicalP(0.9)
                .minP(0.1)
                .topP(0.8)
                .topK(7)
                .temperature(0.5)
                .noRepeatNgram(3)
                .repetitionPenalty(1.2)
                .settings(MODEL, PROMPT);

        assertThat(settings.processors())
                .containsExactly(
                        new RepetitionPenalty(1.2),
                        new NoRepeatNgram(3),
                        new Temperature(0.5),
                        new TopK(7),
                        new TopP(0.8),
                        new MinP(0.1),
                        new TypicalP(0.9),
                        own);
        assertThat(settings.sampler()).isEqualTo(Sampler.MULTINOMIAL);
    }

    @Test
    void neutralValuesAddNoProcessor() {
        Settings settings = Sampling.random()
                .repetitionPenalty(1)
                .noRepeatNgram(0)
                .temperature(1)
                .topK(0)
                .topP(1)
                .minP(0)
                .typicalP(1)
                .settings(MODEL, PROMPT);

        assertThat(settings.processors()).isEmpty();
    }

    @Test
    void unsetSettingsComeFromTheModel() {
        Settings settings = Sampling.greedy().settings(MODEL, new int[10]);

        assertThat(settings.eosIds())
                .containsExactlyElementsOf(MODEL.generation().eosIds());
        assertThat(settings.maxNewTokens()).isEqualTo(POSITIONS - 9);
        assertThat(settings.sampler()).isEqualTo(Sampler.GREEDY);
    }

    @Test
    void eachSettingReachesTheGenerator() {
        Settings settings = Sampling.random()
                .seed(42)
                .stop("a", "b")
                .eosIds(5, 6, 5)
                .maxNewTokens(9)
                .slidingWindow(3)
                .settings(MODEL, PROMPT);

        assertThat(settings.seed()).isEqualTo(42);
        assertThat(settings.stopStrings()).containsExactly("a", "b");
        assertThat(settings.eosIds()).containsExactlyInAnyOrder(5, 6);
        assertThat(settings.maxNewTokens()).isEqualTo(9);
        assertThat(settings.window().stride()).isEqualTo(3);
    }

    @Test
    void theDefaultNumberOfNewTokensEndsWithTheContext() {
        assertThat(Sampling.greedy()
                        .defaultNewTokens(100)
                        .settings(MODEL, new int[POSITIONS - 5])
                        .maxNewTokens())
                .isEqualTo(6);
        assertThat(Sampling.greedy()
                        .defaultNewTokens(100)
                        .settings(MODEL, new int[1])
                        .maxNewTokens())
                .isEqualTo(100);
        assertThat(Sampling.greedy()
                        .defaultNewTokens(10 * POSITIONS)
                        .slidingWindow(1)
                        .settings(MODEL, new int[1])
                        .maxNewTokens())
                .isEqualTo(10 * POSITIONS);
    }

    @Test
    void withoutASeedEachCallGetsADifferentSeed() {
        Sampling sampling = Sampling.random();

        assertThat(Stream.generate(() -> sampling.settings(MODEL, PROMPT).seed())
                        .limit(20)
                        .distinct())
                .hasSizeGreaterThan(15);
    }

    @Test
    void aSetterDoesNotChangeTheOriginal() {
        Sampling original = Sampling.random().temperature(0.5);
        original.temperature(0.7).topK(3).maxNewTokens(2).stop("x");

        Settings settings = original.settings(MODEL, PROMPT);

        assertThat(settings.processors()).containsExactly(new Temperature(0.5));
        assertThat(settings.stopStrings()).isEmpty();
    }

    /** Contradictory settings in both orders; the second call is refused. */
    @TestFactory
    Stream<DynamicTest> contradictionsAreRefused() {
        record Case(String name, Sampling before, UnaryOperator<Sampling> refused) {}
        Sampling greedy = Sampling.greedy();
        Sampling random = Sampling.random();
        return Stream.of(
                        new Case("greedy, temperature", greedy, it -> it.temperature(0.5)),
                        new Case("greedy, topK", greedy, it -> it.topK(5)),
                        new Case("greedy, topP", greedy, it -> it.topP(0.5)),
                        new Case("greedy, minP", greedy, it -> it.minP(0.5)),
                        new Case("greedy, typicalP", greedy, it -> it.typicalP(0.5)),
                        new Case("greedy, seed", greedy, it -> it.seed(1)),
                        new Case("random, beams", random, it -> it.beams(2)),
                        new Case("beams, stop", greedy.beams(2), it -> it.stop("x")),
                        new Case("stop, beams", greedy.stop("x"), it -> it.beams(2)),
                        new Case("beams, promptLookup", greedy.beams(2), it -> it.promptLookup(2)),
                        new Case("promptLookup, beams", greedy.promptLookup(2), it -> it.beams(2)),
                        new Case("lengthPenalty without beams", greedy, it -> it.lengthPenalty(2)),
                        new Case("earlyStopping without beams", greedy, it -> it.earlyStopping(EarlyStopping.TRUE)),
                        new Case("no beam", greedy, it -> it.beams(0)),
                        new Case("no draft tokens", greedy, it -> it.promptLookup(0)),
                        new Case("negative maxNewTokens", greedy, it -> it.maxNewTokens(-1)),
                        new Case("empty stop string", greedy, it -> it.stop("")),
                        new Case("no stride", greedy, it -> it.slidingWindow(0)),
                        new Case("temperature 0", random, it -> it.temperature(0)),
                        new Case("temperature NaN", random, it -> it.temperature(Double.NaN)),
                        new Case("topK -1", random, it -> it.topK(-1)),
                        new Case("topP 1.1", random, it -> it.topP(1.1)),
                        new Case("minP -0.1", random, it -> it.minP(-0.1)),
                        new Case("typicalP 0", random, it -> it.typicalP(0)),
                        new Case("repetitionPenalty 0", greedy, it -> it.repetitionPenalty(0)),
                        new Case("presencePenalty NaN", greedy, it -> it.presencePenalty(Double.NaN)),
                        new Case("frequencyPenalty 1e39", greedy, it -> it.frequencyPenalty(1e39)),
                        new Case("logitBias infinite", greedy, it -> it.logitBias(Map.of(1, 1 / 0.0))),
                        new Case("noRepeatNgram -1", greedy, it -> it.noRepeatNgram(-1)))
                .map(it -> DynamicTest.dynamicTest(
                        it.name,
                        () -> assertThatThrownBy(() -> it.refused.apply(it.before))
                                .isInstanceOf(TouchstoneException.class)
                                .hasMessageNotContaining("--")));
    }

    @Test
    void everySettingReturnsAChangedCopy() {
        List<Method> setters = Stream.of(Sampling.class.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()))
                .filter(method -> !Modifier.isStatic(method.getModifiers()))
                .filter(method -> !Set.of("settings", "engineSettings", "givenSeed", "isRandom", "inEffect", "json")
                        .contains(method.getName()))
                .toList();

        assertThat(setters)
                .hasSizeGreaterThanOrEqualTo(18)
                .allMatch(method -> method.getReturnType() == Sampling.class);
    }
}
