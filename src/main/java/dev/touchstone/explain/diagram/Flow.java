package dev.touchstone.explain.diagram;

import dev.touchstone.model.taps.Tap;
import dev.touchstone.model.taps.TapSum;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The boxes of some taps, from top to bottom. A box is below its inputs. Taps that are computed from the same one share its width, and
 * a tap that is computed from several spans them, so each edge can be a vertical line.
 */
final class Flow {
    /**
     * A box.
     *
     * @param inputs the boxes of this flow that it is computed from
     * @param level the row, from 0
     * @param left between 0 and 1
     * @param right between 0 and 1
     */
    record Box(Tap tap, Set<String> inputs, int level, double left, double right) {
        double middle() {
            return (left + right) / 2;
        }
    }

    private static final double ROUNDING = 1e-9;

    private final Map<String, Tap> taps = new LinkedHashMap<>();
    private final Map<String, String> aliases = new LinkedHashMap<>();
    private final Map<String, Box> boxes = new LinkedHashMap<>();

    /** @param taps in the order of computation */
    Flow(List<Tap> taps) {
        taps.forEach(this::add);
        List<String> roots = new ArrayList<>();
        for (Tap tap : this.taps.values()) {
            if (inputs(tap).isEmpty()) {
                roots.add(tap.name());
            }
        }
        place(roots, 0, 1);
        for (Tap tap : this.taps.values()) {
            if (!boxes.containsKey(tap.name())) {
                place(tap);
            }
            place(children(tap.name()), boxes.get(tap.name()).left, boxes.get(tap.name()).right);
        }
    }

    /** In the order of computation. */
    List<Box> boxes() {
        return taps.keySet().stream().map(boxes::get).toList();
    }

    /** The number of rows. */
    int levels() {
        return boxes.values().stream().mapToInt(Box::level).max().orElse(-1) + 1;
    }

    /** The box of a tap, or of the tap that has the same value; null if it is not in this flow. */
    Box box(String tap) {
        return boxes.get(aliases.getOrDefault(tap, tap));
    }

    /** The taps that have the value of this one and no box of their own. */
    List<String> aliases(String tap) {
        return aliases.keySet().stream()
                .filter(alias -> aliases.get(alias).equals(tap))
                .toList();
    }

    /** Attention and MLP report the output of their last layer a second time, so this one needs no box. */
    private void add(Tap tap) {
        Set<String> inputs = inputs(tap);
        boolean repeats = tap.kind() == Tap.Kind.ATTENTION || tap.kind() == Tap.Kind.MLP;
        if (repeats && inputs.size() == 1) {
            aliases.put(tap.name(), inputs.iterator().next());
        } else {
            taps.put(tap.name(), tap);
        }
    }

    private Set<String> inputs(Tap tap) {
        Set<String> inputs = new LinkedHashSet<>();
        for (TapSum sum : tap.inputs()) {
            for (String term : sum.taps()) {
                String name = aliases.getOrDefault(term, term);
                if (taps.containsKey(name)) {
                    inputs.add(name);
                }
            }
        }
        return inputs;
    }

    /** The taps that are computed from this one only. */
    private List<String> children(String name) {
        return taps.values().stream()
                .filter(tap -> inputs(tap).equals(Set.of(name)) && tap.kind() != Tap.Kind.BLOCK)
                .map(Tap::name)
                .toList();
    }

    private int width(String name) {
        return Math.max(1, children(name).stream().mapToInt(this::width).sum());
    }

    /** Divides a range by the widths of these taps. */
    private void place(List<String> names, double left, double right) {
        double all = names.stream().mapToInt(this::width).sum();
        for (String name : names) {
            double end = left + (right - left) * width(name) / all;
            all -= width(name);
            put(name, left, end);
            left = end;
        }
    }

    private void place(Tap tap) {
        if (tap.kind() == Tap.Kind.BLOCK) {
            put(tap.name(), 0, 1);
            return;
        }
        Set<String> inputs = inputs(tap);
        put(
                tap.name(),
                inputs.stream()
                        .mapToDouble(input -> boxes.get(input).left)
                        .min()
                        .orElse(0),
                inputs.stream()
                        .mapToDouble(input -> boxes.get(input).right)
                        .max()
                        .orElse(1));
    }

    private void put(String name, double left, double right) {
        Set<String> inputs = inputs(taps.get(name));
        int level =
                inputs.stream().mapToInt(input -> boxes.get(input).level).max().orElse(-1) + 1;
        while (covers(level, left, right)) {
            level++;
        }
        boxes.put(name, new Box(taps.get(name), inputs, level, left, right));
    }

    /** Whether a box of this row is within the range. A tap that spans others may be as far down as one that it covers. */
    private boolean covers(int level, double left, double right) {
        return boxes.values().stream()
                .anyMatch(box -> box.level == level && box.left < right - ROUNDING && left < box.right - ROUNDING);
    }
}
