package dev.touchstone.zoo;

import dev.touchstone.generation.processors.LogitsProcessor;
import dev.touchstone.generation.processors.Probabilities;
import dev.touchstone.generation.processors.Processors;
import dev.touchstone.generation.processors.RepetitionPenalty;
import dev.touchstone.generation.processors.Temperature;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/** D1 to D7 and D13: processors that keep a token too many or too few, a wrong order of processors, a wrong argmax. */
final class ProcessorBugs {
    static final List<Bug<DoubleFunction<LogitsProcessor>>> TOP_P = List.of(
            new Bug<>(
                    "D1",
                    "top-p drops the token that crosses p",
                    "openai/gpt-2, C2C#21",
                    topP((before, with, p) -> with <= p),
                    ProcessorChecks.TOP_P_IS_ITS_DEFINITION),
            new Bug<>(
                    "D2",
                    "top-p keeps one token more at a sum of exactly p",
                    "ChatRWKV#170",
                    topP((before, with, p) -> before == 0 || before <= p),
                    ProcessorChecks.TOP_P_AT_A_SUM_OF_EXACTLY_P),
            new Bug<>(
                    "D2",
                    "top-p of 0 keeps nothing",
                    "ChatRWKV#170",
                    topP((before, with, p) -> before < p),
                    ProcessorChecks.TOP_P_AT_ZERO_AND_ONE),
            new Bug<>(
                    "D2",
                    "top-p of 1 drops the last token",
                    "ChatRWKV#170",
                    topP((before, with, p) -> before == 0 || with < p),
                    ProcessorChecks.TOP_P_AT_ZERO_AND_ONE));

    static final List<Bug<IntFunction<LogitsProcessor>>> TOP_K = List.of(
            new Bug<>(
                    "D3",
                    "a heap of k whose root is not sifted down after the last replacement",
                    "llama3.java 8cf392d",
                    ProcessorBugs::topKOfAnUnsiftedHeap,
                    ProcessorChecks.TOP_K_IS_ITS_DEFINITION),
            new Bug<>(
                    "D4",
                    "top-k keeps k + 1",
                    "mesh-transformer-jax#164",
                    k -> topK(k + 1, true),
                    ProcessorChecks.TOP_K_IS_ITS_DEFINITION),
            new Bug<>(
                    "D4",
                    "top-k keeps k - 1",
                    "mesh-transformer-jax#164",
                    k -> topK(k - 1, true),
                    ProcessorChecks.TOP_K_IS_ITS_DEFINITION),
            new Bug<>(
                    "D4",
                    "top-k cuts through a tie",
                    "mesh-transformer-jax#164",
                    k -> topK(k, false),
                    ProcessorChecks.TOP_K_IS_ITS_DEFINITION));

    static final List<Bug<Function<Processors, List<LogitsProcessor>>>> ORDER = List.of(
            new Bug<>(
                    "D5",
                    "temperature comes last",
                    "mlx-lm#388",
                    processors -> moved(
                            processors,
                            Temperature.class,
                            processors.forSampling().size() - 1),
                    ProcessorChecks.ORDER),
            new Bug<>(
                    "D5",
                    "repetition penalty comes after temperature",
                    "mlx-lm#388",
                    processors -> moved(processors, RepetitionPenalty.class, 2),
                    ProcessorChecks.ORDER),
            new Bug<>(
                    "D5",
                    "top-p comes before top-k",
                    "mlx-lm#388",
                    processors -> {
                        List<LogitsProcessor> order = new ArrayList<>(processors.forSampling());
                        Collections.swap(order, 3, 4);
                        return order;
                    },
                    ProcessorChecks.ORDER));

    static final List<Bug<DoubleFunction<LogitsProcessor>>> TEMPERATURE = List.of(
            new Bug<>(
                    "D6",
                    "temperature 0 divides by zero",
                    "vllm#5898",
                    temperature -> (ids, scores) -> map(scores, score -> score / (float) temperature),
                    ProcessorChecks.TEMPERATURE_ZERO),
            new Bug<>(
                    "D6",
                    "temperature 0 is ignored",
                    "vllm#5898",
                    temperature -> new Temperature(temperature > 0 ? temperature : 1),
                    ProcessorChecks.TEMPERATURE_ZERO));

    static final List<Bug<DoubleFunction<LogitsProcessor>>> PENALTY = List.of(
            new Bug<>(
                    "D7",
                    "repetition penalty divides negative scores",
                    "transformers#2302",
                    penalty -> (ids, scores) -> penalized(ids, scores, score -> score / (float) penalty),
                    ProcessorChecks.PENALTY_IS_ITS_DEFINITION),
            new Bug<>(
                    "D7",
                    "repetition penalty is applied at each occurrence",
                    "",
                    penalty -> (ids, scores) -> {
                        for (int id : ids) {
                            scores = new RepetitionPenalty(penalty).process(new int[] {id}, scores);
                        }
                        return scores;
                    },
                    ProcessorChecks.PENALTY_IS_ITS_DEFINITION));

    static final List<Bug<ToIntFunction<float[]>>> ARGMAX = List.of(
            new Bug<>(
                    "D13",
                    "the last of equal scores is chosen",
                    "",
                    ProcessorBugs::lastArgmax,
                    ProcessorChecks.FIRST_OF_EQUALS),
            new Bug<>(
                    "D13",
                    "NaN is accepted",
                    "",
                    scores -> {
                        int best = 0;
                        for (int v = 0; v < scores.length; v++) {
                            best = scores[v] > scores[best] ? v : best;
                        }
                        return best;
                    },
                    ProcessorChecks.NAN_IS_AN_ERROR));

    /** Decides whether top-p keeps a token, from the sum of the probabilities before it, that sum including its own, and p. */
    private interface Rule {
        boolean keeps(double before, double with, double p);
    }

    private interface Change {
        float of(float score);
    }

    private ProcessorBugs() {}

    private static DoubleFunction<LogitsProcessor> topP(Rule rule) {
        return p -> (ids, scores) -> {
            double[] probabilities = Probabilities.softmax(scores);
            float[] filtered = scores.clone();
            double before = 0;
            for (int v : likeliestFirst(scores)) {
                double with = (float) (before + probabilities[v]);
                if (!rule.keeps(before, with, p)) {
                    filtered[v] = Float.NEGATIVE_INFINITY;
                }
                before = with;
            }
            return filtered;
        };
    }

    private static LogitsProcessor topK(int k, boolean ties) {
        return (ids, scores) -> {
            List<Integer> order = likeliestFirst(scores);
            float[] filtered = scores.clone();
            for (int rank = Math.max(0, k); rank < scores.length; rank++) {
                boolean tied = k > 0 && scores[order.get(rank)] == scores[order.get(k - 1)];
                if (!(ties && tied)) {
                    filtered[order.get(rank)] = Float.NEGATIVE_INFINITY;
                }
            }
            return filtered;
        };
    }

    /** Does not restore the heap after the last replacement, so its root may not be the smallest element. */
    private static LogitsProcessor topKOfAnUnsiftedHeap(int k) {
        return (ids, scores) -> {
            float[] heap = Arrays.copyOf(scores, Math.min(k, scores.length));
            Arrays.sort(heap);
            for (int v = heap.length; v < scores.length; v++) {
                if (scores[v] > heap[0]) {
                    heap[0] = scores[v];
                    if (v < scores.length - 1) {
                        Arrays.sort(heap);
                    }
                }
            }
            return map(scores, score -> score < heap[0] ? Float.NEGATIVE_INFINITY : score);
        };
    }

    private static List<Integer> likeliestFirst(float[] scores) {
        return IntStream.range(0, scores.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer v) -> -scores[v]).thenComparing(v -> -v))
                .toList();
    }

    private static List<LogitsProcessor> moved(
            Processors processors, Class<? extends LogitsProcessor> type, int index) {
        List<LogitsProcessor> order = new ArrayList<>(processors.forSampling());
        LogitsProcessor moved =
                order.stream().filter(type::isInstance).findFirst().orElseThrow();
        order.remove(moved);
        order.add(index, moved);
        return order;
    }

    private static float[] map(float[] scores, Change change) {
        float[] changed = new float[scores.length];
        for (int v = 0; v < scores.length; v++) {
            changed[v] = change.of(scores[v]);
        }
        return changed;
    }

    private static float[] penalized(int[] ids, float[] scores, Change change) {
        float[] penalized = scores.clone();
        for (int id : ids) {
            penalized[id] = change.of(scores[id]);
        }
        return penalized;
    }

    private static int lastArgmax(float[] scores) {
        int best = Probabilities.argmax(scores);
        for (int v = 0; v < scores.length; v++) {
            best = scores[v] == scores[best] ? v : best;
        }
        return best;
    }
}
