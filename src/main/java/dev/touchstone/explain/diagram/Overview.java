package dev.touchstone.explain.diagram;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.touchstone.model.taps.ModelSummary;
import dev.touchstone.model.taps.Tap;
import dev.touchstone.model.taps.TapMap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A model at a glance.
 *
 * @param parameters the number of parameters of the model
 * @param stream the taps whose sum is the residual stream before the first block
 * @param parts in order of computation: embedding, the first block, output layer
 * @param svg the diagram; each part is a link to its tap
 */
public record Overview(
        long parameters,
        List<String> stream,
        List<Part> parts,
        @JsonIgnore String svg) {
    /**
     * The overview of a model.
     *
     * @param shape the shape of a tap in this run
     */
    public static Overview of(TapMap map, Function<String, int[]> shape) {
        ModelSummary summary = ModelSummary.of(map.model());
        Map<String, ModelSummary.Row> layers = new HashMap<>();
        summary.rows().forEach(row -> layers.putIfAbsent(row.name(), row));
        List<Flow> flows = List.of(
                new Flow(taps(map, Tap.NO_BLOCK, true)),
                new Flow(taps(map, 0, true)),
                new Flow(taps(map, Tap.NO_BLOCK, false)));
        List<Part> parts = new ArrayList<>();
        for (Flow flow : flows) {
            flow.boxes()
                    .forEach(box -> parts.add(Part.of(
                            box.tap(),
                            flow.aliases(box.tap().name()),
                            shape.apply(box.tap().name()),
                            layers)));
        }
        return new Overview(
                summary.parameters(), map.streams().get(0).taps(), parts, new ModelDiagram(map, flows, parts).svg());
    }

    /** The taps of a block, or those before the blocks or after them. */
    private static List<Tap> taps(TapMap map, int block, boolean before) {
        boolean blocks = false;
        List<Tap> taps = new ArrayList<>();
        for (Tap tap : map.taps()) {
            boolean after = blocks && tap.block() == Tap.NO_BLOCK;
            blocks |= tap.block() != Tap.NO_BLOCK;
            if (tap.block() == block && after != before) {
                taps.add(tap);
            }
        }
        return taps;
    }
}
