package dev.touchstone.explain;

import dev.touchstone.checkpoint.LoadedModel;
import dev.touchstone.explain.diagram.Overview;
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
 * Runs a model on one prompt with all taps recorded: one forward pass over the prompt, a generation, and the same generation
 * by speculative decoding. Before these the generation runs without a trace, to measure its time and to check that the traced
 * generation gives the same ids.
 */
public record Explainer(LoadedModel model, Kernels kernels) {
    /** Longer prompts make a page that is too large to read. */
    private static final int MAX_TOKENS = 512;

    private static final int MAX_NEW_TOKENS = 256;
    private static final int CANDIDATES = 10;
    /** The number of characters in a page that attention weights may occupy. */
    private static final int MAX_ATTENTION_CHARACTERS = 6_000_000;

    /**
     * @param prompt null if token ids were given
     * @param drafted runs the same generation by speculative decoding
     * @param drafter a description of the draft model or of the lookup that proposes tokens
     */
    public Explanation explain(
            String prompt,
            int[] ids,
            Settings settings,
            Supplier<SpeculativeGenerator.Result> drafted,
            String drafter) {
        check(ids, settings);
        Transformer transformer = model.transformer();
        List<Double> untracedSteps = new ArrayList<>();
        generate(ids, settings, new ArrayList<>()); // warms up the just-in-time compiler
        Generation untraced = generate(ids, settings, untracedSteps);
        int[] shown = settings.window().of(ids);
        RunTrace trace = new RunTrace(TapMap.of(transformer));
        transformer.forward(shown, kernels, trace);
        Map<TimeCategory, Double> promptTime = trace.milliseconds();
        promptTime.remove(TimeCategory.CHOICE);

        MentionedTokens vocabulary = new MentionedTokens(model.tokenizer());
        vocabulary.add(shown);
        TracedGeneration tracedGeneration = new TracedGeneration(transformer, kernels, vocabulary);
        Generation traced = tracedGeneration.run(ids, settings, model.tokenizer(), untracedSteps);
        Speculation speculation = Speculation.of(drafter, drafted.get(), untraced.ids(), vocabulary);
        PositionEncoding positions = PositionEncoding.of(transformer, trace.taps());
        Explanation.Input input = new Explanation.Input(
                model.name(), transformer.shape(), wellFormed(prompt), shown, ids.length - shown.length);
        Explanation.PromptPass pass = new Explanation.PromptPass(
                Overview.of(trace.map(), name -> trace.tap(name).shape()),
                embedding(trace),
                positions,
                layers(trace),
                vocabulary.mostLikely(Rows.last(trace.tap(Head.LOGITS)), CANDIDATES),
                Lens.of(transformer, kernels, trace, vocabulary));
        double tracedSeconds = tracedGeneration.steps().stream()
                        .mapToDouble(TracedStep::traced)
                        .sum()
                / 1e3;
        double untracedSeconds =
                untracedSteps.stream().mapToDouble(Double::doubleValue).sum() / 1e3;
        boolean sameIds = Arrays.equals(untraced.ids(), traced.ids());
        Explanation.Run run = new Explanation.Run(
                names(settings),
                traced,
                tracedGeneration.steps(),
                speculation,
                KeyValuePages.POSITIONS,
                new Times(promptTime, tracedGeneration.meanStep(), tracedSeconds, untracedSeconds, sameIds),
                new Stages(model, positions, shown.length, settings).all());
        return new Explanation(input, pass, run, vocabulary.byId());
    }

    private static void check(int[] ids, Settings settings) {
        if (ids.length > MAX_TOKENS) {
            throw new TouchstoneException("the prompt has " + ids.length + " tokens, a walk-through shows at most "
                    + MAX_TOKENS + "; shorten it");
        }
        if (settings.maxNewTokens() < 1 || settings.maxNewTokens() > MAX_NEW_TOKENS) {
            throw new TouchstoneException(
                    "a walk-through shows from 1 to " + MAX_NEW_TOKENS + " new tokens, got " + settings.maxNewTokens(),
                    new Remedy("maxNewTokens"));
        }
    }

    /** @param milliseconds a list to which the time of each step is added */
    private Generation generate(int[] ids, Settings settings, List<Double> milliseconds) {
        Generator generator = new Generator(new CachedExecutor(model.transformer(), kernels), model.tokenizer());
        long[] last = {System.nanoTime()};
        return generator.generate(ids, settings, step -> {
            long now = System.nanoTime();
            milliseconds.add((now - last[0]) / 1e6);
            last[0] = now;
        });
    }

    /** The steps from token ids to the input of the first block. Position embeddings are part of {@link PositionEncoding}. */
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
        int left = MAX_ATTENTION_CHARACTERS;
        for (BlockTaps block : trace.map().blocks()) {
            int index = layers.size();
            List<Layer.Tap> taps = trace.map().taps().stream()
                    .filter(tap -> tap.block() == index)
                    .map(tap -> new Layer.Tap(
                            tap.name(), trace.tap(tap.name()).shape(), trace.milliseconds(tap.name()), tap.source()))
                    .toList();
            Layer layer = Layer.of(block, taps, trace);
            left -= layer.attention().length();
            layers.add(left >= 0 ? layer : layer.withoutAttention());
        }
        return layers;
    }

    /** Replaces unpaired surrogates, which UTF-8 cannot represent, by question marks. */
    private static String wellFormed(String text) {
        return text == null ? null : new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    private static List<String> names(Settings settings) {
        List<String> names = new ArrayList<>();
        settings.processors().forEach(processor -> names.add(ProcessorName.of(processor)));
        names.add(settings.sampler() == Sampler.GREEDY ? "greedy" : "seed " + settings.seed());
        return names;
    }
}
