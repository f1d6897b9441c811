package dev.touchstone.explain;

import dev.touchstone.checkpoint.LoadedModel;
import dev.touchstone.generation.CachedExecutor;
import dev.touchstone.generation.Generation;
import dev.touchstone.generation.Generator;
import dev.touchstone.generation.Sampler;
import dev.touchstone.generation.Settings;
import dev.touchstone.generation.SpeculativeGenerator;
import dev.touchstone.kernels.Kernels;
import dev.touchstone.model.Head;
import dev.touchstone.model.Stem;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.taps.BlockTaps;
import dev.touchstone.model.taps.TapMap;
import dev.touchstone.tensor.KeyValuePages;
import dev.touchstone.util.Remedy;
import dev.touchstone.util.TouchstoneException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Runs a model on one prompt while every tap is watched: one pass over the prompt, then a generation, then the same with
 * drafts. Before these the generation runs unwatched, which says how long it takes, and what it must make again.
 */
public record Explainer(LoadedModel model, Kernels kernels) {
    /** A page of more is more than a person looks at. */
    private static final int MOST_TOKENS = 512;

    private static final int MOST_NEW_TOKENS = 256;
    private static final int NEXT_SHOWN = 10;
    /** Characters that attention may take of a page. */
    private static final int ROOM_FOR_ATTENTION = 6_000_000;

    /**
     * @param prompt null where ids were given
     * @param drafted runs the same generation with drafts
     * @param drafter who makes the drafts, in words
     */
    public Explanation explain(
            String prompt,
            int[] ids,
            Settings settings,
            Supplier<SpeculativeGenerator.Result> drafted,
            String drafter) {
        check(ids, settings);
        Transformer transformer = model.transformer();
        List<Double> unwatched = new ArrayList<>();
        unwatched(ids, settings, new ArrayList<>()); // a first time for the just-in-time compiler
        Generation plain = unwatched(ids, settings, unwatched);
        int[] shown = settings.window().of(ids);
        RunTrace trace = new RunTrace(TapMap.of(transformer));
        transformer.forward(shown, kernels, trace);
        Map<TimeCategory, Double> promptTime = trace.milliseconds();
        promptTime.remove(TimeCategory.CHOICE);

        Vocabulary vocabulary = new Vocabulary(model.tokenizer());
        vocabulary.mention(shown);
        Generating generating = new Generating(transformer, kernels, vocabulary);
        Generation watched = generating.run(ids, settings, model.tokenizer(), unwatched);
        Speculation speculation = Speculation.of(drafter, drafted.get(), plain.ids(), vocabulary);
        PositionEncoding positions = PositionEncoding.of(transformer, trace.taps());
        Explanation.Input input = new Explanation.Input(
                model.name(), transformer.shape(), wellFormed(prompt), shown, ids.length - shown.length);
        Explanation.PromptPass pass = new Explanation.PromptPass(
                embedding(trace),
                positions,
                layers(trace),
                vocabulary.likeliest(Rows.last(trace.tap(Head.LOGITS)), NEXT_SHOWN),
                Lens.of(transformer, kernels, trace, vocabulary));
        double traced =
                generating.turns().stream().mapToDouble(Turn::milliseconds).sum() / 1e3;
        double untraced = unwatched.stream().mapToDouble(Double::doubleValue).sum() / 1e3;
        boolean sameIds = Arrays.equals(plain.ids(), watched.ids());
        Explanation.Run run = new Explanation.Run(
                spelled(settings),
                watched,
                generating.turns(),
                speculation,
                KeyValuePages.POSITIONS,
                new Times(promptTime, generating.meanStep(), traced, untraced, sameIds),
                new Stages(model, positions, shown.length, settings).all());
        return new Explanation(input, pass, run, vocabulary.mentioned());
    }

    private static void check(int[] ids, Settings settings) {
        if (ids.length > MOST_TOKENS) {
            throw new TouchstoneException("the prompt has " + ids.length + " tokens, a walk-through shows at most "
                    + MOST_TOKENS + "; shorten it");
        }
        if (settings.maxNewTokens() < 1 || settings.maxNewTokens() > MOST_NEW_TOKENS) {
            throw new TouchstoneException(
                    "a walk-through shows from 1 to " + MOST_NEW_TOKENS + " new tokens, got " + settings.maxNewTokens(),
                    new Remedy("maxNewTokens"));
        }
    }

    /** @param milliseconds of each step, to be filled */
    private Generation unwatched(int[] ids, Settings settings, List<Double> milliseconds) {
        Generator generator = new Generator(new CachedExecutor(model.transformer(), kernels), model.tokenizer());
        long[] last = {System.nanoTime()};
        return generator.generate(ids, settings, step -> {
            long now = System.nanoTime();
            milliseconds.add((now - last[0]) / 1e6);
            last[0] = now;
        });
    }

    /** What becomes of the tokens before the first block; what is added for positions is shown with them. */
    private List<Vectors> embedding(RunTrace trace) {
        Stem stem = model.transformer().stem();
        String tokens = stem.wte().name();
        List<Vectors> vectors = new ArrayList<>(List.of(Vectors.of(tokens, trace.tap(tokens))));
        if (stem.embedded() != null && stem.norm() != null) {
            vectors.add(Vectors.of(stem.embedded(), trace.tap(stem.embedded())));
        }
        String entering = trace.map().streams().get(0).toString();
        if (!entering.equals(tokens)) {
            vectors.add(Vectors.of(entering, trace.streams(kernels).get(0)));
        }
        return vectors;
    }

    private static List<Layer> layers(RunTrace trace) {
        List<Layer> layers = new ArrayList<>();
        int room = ROOM_FOR_ATTENTION;
        for (BlockTaps block : trace.map().blocks()) {
            int index = layers.size();
            List<Layer.Tap> taps = trace.map().taps().stream()
                    .filter(tap -> tap.block() == index)
                    .map(tap -> new Layer.Tap(
                            tap.name(), trace.tap(tap.name()).shape(), trace.milliseconds(tap.name()), tap.source()))
                    .toList();
            Layer layer = Layer.of(block, taps, trace);
            room -= layer.attention().length();
            layers.add(room >= 0 ? layer : layer.withoutAttention());
        }
        return layers;
    }

    /** A half of a surrogate pair, which no file can hold, becomes a question mark. */
    private static String wellFormed(String text) {
        return text == null ? null : new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    private static List<String> spelled(Settings settings) {
        List<String> spelled = new ArrayList<>();
        settings.processors().forEach(processor -> spelled.add(ProcessorName.of(processor)));
        spelled.add(settings.sampler() == Sampler.GREEDY ? "greedy" : "seed " + settings.seed());
        return spelled;
    }
}
