package dev.touchstone.zoo;

import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.LayerRotaries;
import dev.touchstone.model.Rotary;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/** F14 and F17 in models with several kinds of layers: a window, a rotary embedding or no positions in the wrong ones. */
final class LayerKindBugs {
    static final List<ForwardBug> ALL = List.of(
            window("the windows of the two kinds of layers swapped", "tiny-olmo3", 0, Scoring.UNLIMITED),
            window("a window in the layers with full attention", "tiny-olmo3", 1, 5),
            window("no window in the layers with sliding attention", "tiny-gemma3", 0, Scoring.UNLIMITED),
            window("a window in the layers with positions", "tiny-smollm3", 0, 6),
            window("no window in the layers without positions", "tiny-smollm3", 1, Scoring.UNLIMITED),
            window("a window in the layers without positions", "tiny-cohere2", 1, 5),
            window("a window in every layer, as in Mistral", "tiny-ministral", 1, 4),
            rotaries("the rotary embeddings of the two kinds of layers swapped", "tiny-gemma3", 0, index -> 1 - index),
            rotaries("one rotary embedding for all layers", "tiny-olmo3", 0, index -> 0),
            rotaries("the rotary embedding of sliding layers in all", "tiny-gemma3", 1, index -> 1),
            rotaries("positions in the layers that have none", "tiny-smollm3", 1, index -> 0),
            rotaries("the layers without positions one too early", "tiny-smollm3", 0, index -> -1 - index),
            rotaries("positions in the layers that have none", "tiny-cohere2", 1, index -> 0),
            rotaries("no positions in any layer", "tiny-cohere2", 0, index -> LayerRotaries.NONE),
            scaledInAllLayers("tiny-gemma3"),
            scaledInAllLayers("tiny-olmo3"));

    private LayerKindBugs() {}

    private static ForwardBug window(String what, String fixture, int layer, int window) {
        Plant plant = Plant.model(model -> Surgery.scoring(model, layer, old -> old.withWindow(window)));
        return ForwardBug.of("F17", what, "", "layers." + layer + ".self_attn.scores", plant)
                .in(fixture);
    }

    /** Gives each layer the embedding of another index. */
    private static ForwardBug rotaries(String what, String fixture, int layer, IntUnaryOperator index) {
        Plant plant = Plant.model(model -> Surgery.each(
                model,
                LayerRotaries.class,
                old -> new LayerRotaries(
                        old.all(), old.ofLayer().stream().map(index::applyAsInt).toList())));
        return ForwardBug.of("F14", what, "", "layers." + layer + ".self_attn.q", plant)
                .in(fixture);
    }

    private static ForwardBug scaledInAllLayers(String fixture) {
        String sliding = "rotary_emb.sliding_attention";
        Plant plant = Plant.model(model -> Surgery.each(
                model,
                Rotary.class,
                old -> !old.name().equals(sliding)
                        ? old
                        : new Rotary(
                                old.name(),
                                old.headSize(),
                                old.layout(),
                                IntStream.range(0, old.frequencies().size())
                                        .mapToObj(i -> old.frequencies().get(i) / 1.5)
                                        .toList(),
                                old.factor())));
        return ForwardBug.of("F14", "linear scaling in layers with a window too", "", sliding, plant)
                .in(fixture);
    }
}
