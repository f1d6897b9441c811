package dev.touchstone.explain;

import dev.touchstone.checkpoint.LoadedModel;
import dev.touchstone.explain.Stage.Check;
import dev.touchstone.generation.CachedExecutor;
import dev.touchstone.generation.Generator;
import dev.touchstone.generation.Sampler;
import dev.touchstone.generation.Settings;
import dev.touchstone.generation.SpeculativeGenerator;
import dev.touchstone.generation.Verification;
import dev.touchstone.generation.processors.LogitsProcessor;
import dev.touchstone.generation.processors.Processors;
import dev.touchstone.model.Attention;
import dev.touchstone.model.Block;
import dev.touchstone.model.Embedding;
import dev.touchstone.model.Head;
import dev.touchstone.model.KvCache;
import dev.touchstone.model.Trace;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.model.taps.BlockTaps;
import dev.touchstone.model.taps.TapMap;
import dev.touchstone.tensor.KeyValueShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Builds the list of stages, each with its shapes, sources and checks. */
record Stages(LoadedModel model, PositionEncoding positions, int tokens, Settings settings) {
    private static final Check SAME_BITS =
            new Check("generation/SameBitsTest", "the logits, bit for bit: cache or none, alone or in a batch");

    List<Stage> all() {
        Transformer transformer = model.transformer();
        Shape shape = transformer.shape();
        BlockTaps block = TapMap.of(transformer).blocks().get(0);
        Attention attention = block.block().attn();
        return List.of(
                stage(
                        Stage.Kind.TOKENIZATION,
                        format("text → (%d)", tokens),
                        List.of(model.tokenizer().getClass()),
                        new Check("tokenizer/FixtureTokensTest", "ids and texts in tokens.json")),
                stage(
                        Stage.Kind.EMBEDDING,
                        format("(%d) → (%d, %d)", tokens, tokens, shape.channels()),
                        List.of(Embedding.class),
                        golden(transformer.stem().wte().name())),
                stage(
                        Stage.Kind.POSITIONS,
                        positions.vectors() == null
                                ? format("(%d, %d, %d)", shape.heads(), tokens, tokens)
                                : format(
                                        "(%d) → (%d, %d)",
                                        tokens, tokens, positions.vectors().shape()[1]),
                        List.of(positions.source()),
                        golden(
                                positions.vectors() == null
                                        ? attention.scoresTap()
                                        : positions.vectors().tap())),
                stage(
                        Stage.Kind.BLOCKS,
                        format(
                                "%d × (%d, %d) → (%d, %d)",
                                shape.layers(), tokens, shape.channels(), tokens, shape.channels()),
                        List.of(
                                Block.class,
                                Attention.class,
                                block.block().mlp().getClass().getNestHost()),
                        golden(attention.probsTap(), block.attentionAdded(), block.mlpAdded(), block.name())),
                stage(
                        Stage.Kind.OUTPUT,
                        format("(%d, %d) → (%d, %d)", tokens, shape.channels(), tokens, shape.vocabulary()),
                        transformer.lnF() == null
                                ? List.of(Head.class)
                                : List.of(transformer.lnF().getClass(), Head.class),
                        transformer.lnF() == null
                                ? golden(Head.LOGITS)
                                : golden(transformer.lnF().name(), Head.LOGITS)),
                stage(
                        Stage.Kind.CHOICE,
                        format("(%d) → id", shape.vocabulary()),
                        choiceClasses(),
                        new Check("generation/processors/SamplingGoldenTest", "probabilities in sampling.json")),
                stage(
                        Stage.Kind.GENERATION,
                        format("(%d) → (%d + %d)", tokens, tokens, settings.maxNewTokens()),
                        List.of(Generator.class, CachedExecutor.class),
                        new Check("generation/GenerationGoldenTest", "ids and texts in generation.json"),
                        SAME_BITS),
                stage(
                        Stage.Kind.SPECULATION,
                        format("(n drafts) → (n + 1, %d)", shape.vocabulary()),
                        List.of(SpeculativeGenerator.class, Verification.class),
                        new Check("generation/SpeculativeTest", "the ids of plain greedy decoding"),
                        new Check("generation/SpeculativeSamplingTest", "the distribution of plain sampling")),
                stage(
                        Stage.Kind.MEMORY_AND_TIME,
                        cacheShape(attention.projections().cacheShape(shape), shape.layers()),
                        List.of(KvCache.class, Trace.class),
                        new Check("generation/CacheMemoryTest", "the memory of the cache"),
                        SAME_BITS));
    }

    private String cacheShape(KeyValueShape cached, int layers) {
        int key = cached.keySize();
        int value = cached.valueSize();
        return key == value
                ? format("2 × %d layers × (%d heads, %d, %d)", layers, cached.heads(), tokens, key)
                : format("%d layers × (%d heads, %d, %d + %d)", layers, cached.heads(), tokens, key, value);
    }

    private List<Class<?>> choiceClasses() {
        List<Class<?>> classes = new ArrayList<>(List.of(Processors.class));
        settings.processors().stream().map(LogitsProcessor::getClass).forEach(classes::add);
        classes.add(Sampler.class);
        return classes;
    }

    private static Stage stage(Stage.Kind kind, String shapes, List<Class<?>> sources, Check... checks) {
        return new Stage(kind, kind.title(), shapes, sources, List.of(checks));
    }

    private static Check golden(String... taps) {
        return new Check("parity/GoldenTest", "tap " + String.join(", ", taps));
    }

    private static String format(String format, Object... sizes) {
        return String.format(Locale.ROOT, format, sizes);
    }
}
