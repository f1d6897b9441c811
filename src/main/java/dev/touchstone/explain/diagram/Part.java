package dev.touchstone.explain.diagram;

import dev.touchstone.model.Attention;
import dev.touchstone.model.Head;
import dev.touchstone.model.taps.ModelSummary;
import dev.touchstone.model.taps.Tap;
import dev.touchstone.model.taps.TapSum;
import java.util.List;
import java.util.Map;

/**
 * One part of a model: a tap, and how it is computed.
 *
 * @param block whether it belongs to a block; then {@code tap} is that of the first block
 * @param aliases other taps with the same value, such as the output of attention for that of its output projection
 * @param inputs the taps, or sums of taps, that it is computed from
 * @param shape in this run
 * @param weights the shapes of its weights
 * @param parameters the number of its parameters; those of a shared matrix are counted where it is used first
 * @param stage the number of the stage of the walk-through that explains it
 */
public record Part(
        String tap,
        boolean block,
        List<String> aliases,
        String title,
        String equation,
        String sentence,
        List<String> inputs,
        int[] shape,
        List<String> weights,
        long parameters,
        int stage,
        Class<?> source) {

    static Part of(Tap tap, List<String> aliases, int[] shape, Map<String, ModelSummary.Row> layers) {
        PartText text = PartText.of(tap);
        ModelSummary.Row row = text.hasWeights() ? layers.get(layerName(tap)) : null;
        int sinks = sinks(tap);
        return new Part(
                tap.name(),
                tap.block() != Tap.NO_BLOCK,
                aliases,
                text.title(),
                text.equation(),
                text.sentence(),
                tap.inputs().stream().map(TapSum::toString).toList(),
                shape,
                row == null ? sinks == 0 ? List.of() : List.of("(" + sinks + ")") : row.shapes(),
                row == null ? sinks : row.parameters() - ofProjection(tap, layers),
                text.stage(),
                tap.source());
    }

    /** How many attention sinks the probabilities have; 0 if the tap is another one. */
    private static int sinks(Tap tap) {
        boolean probs = tap.layer() instanceof Attention attention
                && attention.probsTap().equals(tap.name());
        return probs ? ((Attention) tap.layer()).scoring().sinks().size() : 0;
    }

    /** The parameters of a projection before the head, which is a part of its own; 0 if there is none. */
    private static long ofProjection(Tap tap, Map<String, ModelSummary.Row> layers) {
        return tap.layer() instanceof Head head && head.projection() != null
                ? layers.get(head.projection().name()).parameters()
                : 0;
    }

    private static String layerName(Tap tap) {
        return tap.layer() instanceof Head head ? head.name() : tap.name();
    }
}
