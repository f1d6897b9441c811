package dev.touchstone.explain;

import dev.touchstone.generation.CachedExecutor;
import dev.touchstone.generation.Generation;
import dev.touchstone.generation.Generator;
import dev.touchstone.generation.Settings;
import dev.touchstone.generation.Step;
import dev.touchstone.generation.processors.LogitsProcessor;
import dev.touchstone.generation.processors.Probabilities;
import dev.touchstone.kernels.Kernels;
import dev.touchstone.model.Block;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.taps.TapMap;
import dev.touchstone.tensor.Tensor;
import dev.touchstone.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Runs a generation with all taps recorded, and describes each step. */
final class TracedGeneration {
    private static final int CANDIDATES = 8;
    /** The number of characters in a page that logits may occupy. */
    private static final int MAX_RANKING_CHARACTERS = 1_500_000;

    private final Transformer model;
    private final Kernels kernels;
    private final MentionedTokens vocabulary;
    private final RunTrace trace;
    private final CachedExecutor executor;
    private final List<Processed> processed = new ArrayList<>();
    private final List<TracedStep> steps = new ArrayList<>();
    private final List<Map<TimeCategory, Double>> times = new ArrayList<>();
    private int rankingCharacters;

    /** The scores that a processor returned. (V) */
    private record Processed(LogitsProcessor processor, float[] scores) {}

    TracedGeneration(Transformer model, Kernels kernels, MentionedTokens vocabulary) {
        this.model = model;
        this.kernels = kernels;
        this.vocabulary = vocabulary;
        this.trace = new RunTrace(TapMap.of(model));
        this.executor = new CachedExecutor(model, kernels, Integer.MAX_VALUE, trace);
    }

    /** @param untraced milliseconds of each step of the same generation without a trace */
    Generation run(int[] prompt, Settings settings, Tokenizer tokenizer, List<Double> untraced) {
        Settings recorded = settings.withProcessors(
                settings.processors().stream().map(this::recording).toList());
        trace.restart();
        return new Generator(executor, tokenizer).generate(prompt, recorded, step -> {
            Map<TimeCategory, Double> time = trace.milliseconds();
            times.add(time);
            steps.add(describe(step, time, untraced.get(step.index())));
            processed.clear();
            trace.restart();
        });
    }

    List<TracedStep> steps() {
        return steps;
    }

    /** Mean milliseconds of the steps after the first, which compute one token each. */
    Map<TimeCategory, Double> meanStep() {
        Map<TimeCategory, Double> mean = new EnumMap<>(TimeCategory.class);
        List<Map<TimeCategory, Double>> steps = times.subList(1, times.size());
        steps.forEach(step -> step.forEach((part, time) -> mean.merge(part, time / steps.size(), Double::sum)));
        return mean;
    }

    /** Wraps a processor so that its result is recorded. */
    private LogitsProcessor recording(LogitsProcessor processor) {
        return (ids, scores) -> {
            float[] result = processor.process(ids, scores);
            processed.add(new Processed(processor, result));
            return result;
        };
    }

    private TracedStep describe(Step step, Map<TimeCategory, Double> time, double untraced) {
        vocabulary.add(step.id());
        List<TracedStep.Scores> scores = new ArrayList<>();
        scores.add(scores(null, step.logits(), step.id()));
        processed.forEach(one -> scores.add(scores(one.processor, one.scores, step.id())));
        return new TracedStep(
                step.id(),
                Probabilities.softmax(step.scores())[step.id()],
                ranking(step.logits()),
                scores,
                lens(step.id()),
                lastQuery(),
                trace.tap(firstProbs()).size(-1),
                executor.tokens(),
                executor.bytes(),
                time.values().stream().mapToDouble(Double::doubleValue).sum(),
                untraced);
    }

    /** Null once the rankings of the steps before occupy their share of the page. */
    private Ranking ranking(float[] logits) {
        Ranking ranking = rankingCharacters < MAX_RANKING_CHARACTERS ? Ranking.of(logits, vocabulary) : null;
        rankingCharacters += ranking == null ? 0 : ranking.packed().length();
        return ranking;
    }

    private TracedStep.Scores scores(LogitsProcessor processor, float[] scores, int chosen) {
        int allowed = 0;
        for (float score : scores) {
            allowed += score > Float.NEGATIVE_INFINITY ? 1 : 0;
        }
        return new TracedStep.Scores(
                processor == null ? null : ProcessorName.of(processor),
                processor == null ? null : processor.getClass(),
                allowed,
                Probabilities.softmax(scores)[chosen],
                vocabulary.mostLikely(scores, CANDIDATES));
    }

    private List<TracedStep.LensPrediction> lens(int chosen) {
        List<TracedStep.LensPrediction> predictions = new ArrayList<>();
        for (Tensor stream : trace.streams(kernels)) {
            float[] logits = model.lens(stream.rows(stream.rows() - 1, stream.rows()), kernels)
                    .data();
            predictions.add(new TracedStep.LensPrediction(
                    vocabulary.mostLikely(logits, 1).get(0), Probabilities.softmax(logits)[chosen]));
        }
        return predictions;
    }

    /** The attention weights of the last query in each layer, the mean of the heads. */
    private byte[] lastQuery() {
        int keys = trace.tap(firstProbs()).size(-1);
        byte[] weights = new byte[model.blocks().size() * keys];
        int at = 0;
        for (Block block : model.blocks()) {
            Tensor probs = trace.tap(block.attn().probsTap());
            int heads = probs.size(0);
            int queries = probs.size(1);
            for (int key = 0; key < keys; key++) {
                double sum = 0;
                for (int head = 0; head < heads; head++) {
                    sum += probs.at((head + 1) * queries - 1, key);
                }
                weights[at++] = Packed.weight(sum / heads);
            }
        }
        return weights;
    }

    private String firstProbs() {
        return model.blocks().get(0).attn().probsTap();
    }
}
