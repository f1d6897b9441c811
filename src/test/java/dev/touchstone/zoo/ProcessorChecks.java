package dev.touchstone.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.generation.BruteForce;
import dev.touchstone.generation.processors.Distributions;
import dev.touchstone.generation.processors.Distributions.Input;
import dev.touchstone.generation.processors.LogitsProcessor;
import dev.touchstone.generation.processors.Processors;
import dev.touchstone.util.TouchstoneException;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;

/** Checks of processors, of their order, and of greedy decoding. Expected values come from definitions or are computed by hand. */
final class ProcessorChecks {
    private static final List<Input> INPUTS = Distributions.sample(1, 400, 8);
    private static final int[] NO_IDS = {0};
    private static final float[] HALVES = logs(4, 2, 1, 1); // probabilities that are exact in float

    static final Check<DoubleFunction<LogitsProcessor>> TOP_P_IS_ITS_DEFINITION =
            new Check<>("top-p keeps the smallest set that reaches p", topP -> {
                for (double p : new double[] {0.1, 0.3, 0.5, 0.77, 0.9, 0.99}) {
                    INPUTS.forEach(input ->
                            same(topP.apply(p), input, scores -> BruteForce.keep(scores, BruteForce.topP(scores, p))));
                }
            });

    static final Check<DoubleFunction<LogitsProcessor>> TOP_P_AT_A_SUM_OF_EXACTLY_P =
            new Check<>("top-p keeps no more tokens at a sum of exactly p", topP -> {
                assertThat(kept(topP.apply(0.5), HALVES)).containsExactly(true, false, false, false);
                assertThat(kept(topP.apply(0.75), HALVES)).containsExactly(true, true, false, false);
                assertThat(kept(topP.apply(0.875), HALVES)).containsExactly(true, true, false, true);
            });

    static final Check<DoubleFunction<LogitsProcessor>> TOP_P_AT_ZERO_AND_ONE =
            new Check<>("top-p 0 keeps the most likely token, top-p 1 keeps all", topP -> {
                assertThat(kept(topP.apply(0), HALVES)).containsExactly(true, false, false, false);
                assertThat(kept(topP.apply(0), new float[] {1, 1, 1})).containsExactly(false, false, true);
                assertThat(kept(topP.apply(1), HALVES)).containsExactly(true, true, true, true);
                assertThat(kept(topP.apply(0.3), new float[] {-2})).containsExactly(true);
            });

    static final Check<IntFunction<LogitsProcessor>> TOP_K_IS_ITS_DEFINITION =
            new Check<>("top-k keeps each token that fewer than k tokens exceed, including ties", topK -> {
                for (int k = 1; k <= 10; k++) {
                    int count = k;
                    INPUTS.forEach(input -> same(
                            topK.apply(count),
                            input,
                            scores -> BruteForce.keep(scores, BruteForce.topK(scores, count))));
                }
            });

    static final Check<Function<Processors, List<LogitsProcessor>>> ORDER =
            new Check<>("processors are applied in Hugging Face's order", order -> {
                Processors all = new Processors()
                        .typicalP(0.95)
                        .minP(0.15)
                        .topP(0.7)
                        .topK(4)
                        .temperature(0.6)
                        .noRepeatNgram(2)
                        .repetitionPenalty(1.5);
                for (Input input : INPUTS) {
                    same((ids, scores) -> applied(order.apply(all), ids, scores), input, scores -> {
                        float[] expected = BruteForce.repetitionPenalty(input.ids(), scores, 1.5);
                        boolean[] allowed = BruteForce.noRepeatNgram(input.ids(), scores.length, 2);
                        expected = BruteForce.temperature(BruteForce.keep(expected, allowed), 0.6);
                        expected = BruteForce.keep(expected, BruteForce.topK(expected, 4));
                        expected = BruteForce.keep(expected, BruteForce.topP(expected, 0.7));
                        expected = BruteForce.keep(expected, BruteForce.minP(expected, 0.15));
                        return BruteForce.keep(expected, BruteForce.typicalP(expected, 0.95));
                    });
                }
            });

    static final Check<DoubleFunction<LogitsProcessor>> TEMPERATURE_ZERO =
            new Check<>("temperature 0 and below is refused, and the message names the alternative", temperature -> {
                for (double wrong : new double[] {0, -0.0, -1, 1e-60, Double.NaN}) {
                    assertThatThrownBy(() -> temperature.apply(wrong))
                            .isInstanceOf(TouchstoneException.class)
                            .hasMessageContaining("temperature must be above 0, got ")
                            .hasMessageContaining("use greedy decoding");
                }
            });

    static final Check<DoubleFunction<LogitsProcessor>> PENALTY_IS_ITS_DEFINITION =
            new Check<>("repetition penalty multiplies negative scores, once per token", penalty -> {
                for (double p : new double[] {0.7, 1.3, 2}) {
                    INPUTS.forEach(input -> same(
                            penalty.apply(p), input, scores -> BruteForce.repetitionPenalty(input.ids(), scores, p)));
                }
            });

    static final Check<ToIntFunction<float[]>> FIRST_OF_EQUALS =
            new Check<>("greedy chooses the first of equal scores", greedy -> {
                assertThat(greedy.applyAsInt(new float[] {1, 3, 3, 2, 3})).isEqualTo(1);
                assertThat(greedy.applyAsInt(new float[] {-0f, 0f})).isZero();
                float none = Float.NEGATIVE_INFINITY;
                assertThat(greedy.applyAsInt(new float[] {none, none})).isZero();
            });

    static final Check<ToIntFunction<float[]>> NAN_IS_AN_ERROR = new Check<>("NaN is an error at any index", greedy -> {
        for (int index = 0; index < 3; index++) {
            float[] scores = {1, 2, 1};
            scores[index] = Float.NaN;

            assertThatThrownBy(() -> greedy.applyAsInt(scores))
                    .isInstanceOf(TouchstoneException.class)
                    .hasMessageContaining("the score of token " + index + " is NaN");
        }
    });

    private ProcessorChecks() {}

    private static float[] applied(List<LogitsProcessor> processors, int[] ids, float[] scores) {
        for (LogitsProcessor processor : processors) {
            scores = processor.process(ids, scores);
        }
        return scores;
    }

    private static void same(LogitsProcessor processor, Input input, Function<float[], float[]> definition) {
        float[] expected;
        try {
            expected = definition.apply(input.scores().clone());
        } catch (BruteForce.Unclear e) {
            return;
        }
        assertThat(processor.process(input.ids(), input.scores()))
                .as("%s", input)
                .isEqualTo(expected);
    }

    private static boolean[] kept(LogitsProcessor processor, float[] scores) {
        float[] filtered = processor.process(NO_IDS, scores);
        boolean[] kept = new boolean[filtered.length];
        for (int v = 0; v < kept.length; v++) {
            kept[v] = filtered[v] != Float.NEGATIVE_INFINITY;
        }
        return kept;
    }

    private static float[] logs(double... weights) {
        float[] scores = new float[weights.length];
        for (int v = 0; v < scores.length; v++) {
            scores[v] = (float) Math.log(weights[v]);
        }
        return scores;
    }
}
