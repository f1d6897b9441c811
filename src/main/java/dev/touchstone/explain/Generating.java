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

/** A generation of which every step is looked at. */
final class Generating {
    private static final int SHOWN = 8;

    private final Transformer model;
    private final Kernels kernels;
    private final Vocabulary vocabulary;
    private final RunTrace trace;
    private final CachedExecutor executor;
    private final List<Made> processed = new ArrayList<>();
    private final List<Turn> turns = new ArrayList<>();
    private final List<Map<TimeCategory, Double>> times = new ArrayList<>();

    /** What a processor made of the scores. (V) */
    private record Made(LogitsProcessor by, float[] scores) {}

    Generating(Transformer model, Kernels kernels, Vocabulary vocabulary) {
        this.model = model;
        this.kernels = kernels;
        this.vocabulary = vocabulary;
        this.trace = new RunTrace(TapMap.of(model));
        this.executor = new CachedExecutor(model, kernels, Integer.MAX_VALUE, trace);
    }

    /** @param unwatched milliseconds of each step of the same generation without a trace */
    Generation run(int[] prompt, Settings settings, Tokenizer tokenizer, List<Double> unwatched) {
        Settings watched = settings.withProcessors(
                settings.processors().stream().map(this::watched).toList());
        trace.restart();
        return new Generator(executor, tokenizer).generate(prompt, watched, step -> {
            Map<TimeCategory, Double> time = trace.milliseconds();
            times.add(time);
            turns.add(turn(step, time, unwatched.get(step.index())));
            processed.clear();
            trace.restart();
        });
    }

    List<Turn> turns() {
        return turns;
    }

    /** Milliseconds of the steps after the first, which read one token each: their mean. */
    Map<TimeCategory, Double> meanStep() {
        Map<TimeCategory, Double> mean = new EnumMap<>(TimeCategory.class);
        List<Map<TimeCategory, Double>> steps = times.subList(1, times.size());
        steps.forEach(step -> step.forEach((part, time) -> mean.merge(part, time / steps.size(), Double::sum)));
        return mean;
    }

    /** The same processor, which also records its result. */
    private LogitsProcessor watched(LogitsProcessor processor) {
        return (ids, scores) -> {
            float[] made = processor.process(ids, scores);
            processed.add(new Made(processor, made));
            return made;
        };
    }

    private Turn turn(Step step, Map<TimeCategory, Double> time, double unwatched) {
        vocabulary.mention(step.id());
        List<Turn.Scores> scores = new ArrayList<>();
        scores.add(scores(null, step.logits(), step.id()));
        processed.forEach(made -> scores.add(scores(made.by, made.scores, step.id())));
        return new Turn(
                step.id(),
                Probabilities.softmax(step.scores())[step.id()],
                scores,
                votes(step.id()),
                looks(),
                trace.tap(firstProbs()).size(-1),
                executor.tokens(),
                executor.bytes(),
                time.values().stream().mapToDouble(Double::doubleValue).sum(),
                unwatched);
    }

    private Turn.Scores scores(LogitsProcessor by, float[] scores, int picked) {
        int left = 0;
        for (float score : scores) {
            left += score > Float.NEGATIVE_INFINITY ? 1 : 0;
        }
        return new Turn.Scores(
                by == null ? null : ProcessorName.of(by),
                by == null ? null : by.getClass(),
                left,
                Probabilities.softmax(scores)[picked],
                vocabulary.likeliest(scores, SHOWN));
    }

    private List<Turn.Vote> votes(int picked) {
        List<Turn.Vote> votes = new ArrayList<>();
        for (Tensor stream : trace.streams(kernels)) {
            float[] logits = model.lens(stream.rows(stream.rows() - 1, stream.rows()), kernels)
                    .data();
            votes.add(new Turn.Vote(vocabulary.likeliest(logits, 1).get(0), Probabilities.softmax(logits)[picked]));
        }
        return votes;
    }

    /** The last query's weights in each layer, the mean of its heads. */
    private byte[] looks() {
        int seen = trace.tap(firstProbs()).size(-1);
        byte[] bytes = new byte[model.blocks().size() * seen];
        int at = 0;
        for (Block block : model.blocks()) {
            Tensor probs = trace.tap(block.attn().probsTap());
            int heads = probs.size(0);
            int queries = probs.size(1);
            for (int key = 0; key < seen; key++) {
                double sum = 0;
                for (int head = 0; head < heads; head++) {
                    sum += probs.at((head + 1) * queries - 1, key);
                }
                bytes[at++] = Packed.weight(sum / heads);
            }
        }
        return bytes;
    }

    private String firstProbs() {
        return model.blocks().get(0).attn().probsTap();
    }
}
