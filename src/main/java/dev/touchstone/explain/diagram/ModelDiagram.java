package dev.touchstone.explain.diagram;

import dev.touchstone.explain.diagram.Flow.Box;
import dev.touchstone.model.FeedForward;
import dev.touchstone.model.taps.Tap;
import dev.touchstone.model.taps.TapMap;
import dev.touchstone.model.taps.TapSum;
import dev.touchstone.util.Page;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Draws a model as SVG: embedding, one block with its residual stream, output layer. Colours and fonts are those of the page. Each box is
 * a link to the tap, and each square above the block one to a layer.
 */
final class ModelDiagram {
    private static final double WIDTH = 360;
    private static final double STREAM = 14;
    private static final double LEFT = 34;
    private static final double RIGHT = WIDTH - 10;
    private static final double BOX = 36;
    private static final double GAP = 20;
    private static final double ROW = BOX + GAP;
    private static final int SQUARES = 12;
    private static final double TITLED = 140; // boxes that are wider have a title
    private static final double CHARACTER = 6.4; // the width of a character of the text in boxes

    private final TapMap map;
    private final List<Flow> flows;
    private final Map<String, Part> parts = new HashMap<>();
    private final StringBuilder lines = new StringBuilder();
    private final StringBuilder boxes = new StringBuilder();
    private double y = 4;

    ModelDiagram(TapMap map, List<Flow> flows, List<Part> parts) {
        this.map = map;
        this.flows = flows;
        parts.forEach(part -> this.parts.put(part.tap(), part));
    }

    String svg() {
        stem(flows.get(0));
        layers();
        block(flows.get(1));
        output(flows.get(2));
        return format(
                "<svg viewBox=\"0 0 %.0f %.0f\" role=\"group\" aria-label=\"The parts of the model\">%s%s</svg>",
                WIDTH, y, lines, boxes);
    }

    private void stem(Flow flow) {
        double top = y;
        flow(flow, top);
        y = top + flow.levels() * ROW;
        for (String term : map.streams().get(0).taps()) {
            Box box = flow.box(term);
            line(x(box), bottom(box, top), x(box), y);
        }
        y += 14;
        text(LEFT, y, "note", "residual stream, read and written by each block");
        double foot = y + 8;
        line(STREAM, y - 4, LEFT - 6, y - 4);
        lines.append(format("<path class=\"stream\" d=\"M%.1f %.1fV%.1f\"/>", STREAM, y - 4, foot));
        y = foot;
    }

    /** A square for each layer. */
    private void layers() {
        int layers = map.blocks().size();
        double top = y;
        y += 20;
        text(LEFT, y, "note", layers == 1 ? "one block" : layers + " blocks; this is the selected one");
        y += 8;
        double step = (RIGHT - LEFT) / SQUARES;
        for (int layer = 0; layer < layers; layer++) {
            double left = LEFT + layer % SQUARES * step;
            double above = y + layer / SQUARES * step;
            boxes.append(format(
                    "<a href=\"#%s\" class=\"layer\" data-layer=\"%d\" aria-label=\"layer %d\"><rect x=\"%.1f\" y=\"%.1f\""
                            + " width=\"%.1f\" height=\"%.1f\" rx=\"4\"/>",
                    attribute(map.blocks().get(layer).name()), layer, layer, left, above, step - 4, step - 4));
            boxes.append(format(
                    "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%d</text></a>",
                    left + step / 2 - 2, above + step / 2 + 2, layer));
        }
        y += Math.ceil(layers / (double) SQUARES) * step + GAP;
        lines.append(format("<path class=\"stream\" d=\"M%.1f %.1fV%.1f\"/>", STREAM, top, y));
    }

    private void block(Flow flow) {
        double top = y;
        double height = flow.levels() * ROW;
        lines.append(format(
                "<rect class=\"frame\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"10\"/>",
                LEFT - 8, top - 14, RIGHT - LEFT + 16, height + 8));
        flow(flow, top);
        for (Box box : flow.boxes()) {
            if (box.tap().kind() == Tap.Kind.BLOCK) {
                y = bottom(box, top);
                lines.append(format(
                        "<path class=\"stream\" d=\"M%.1f %.1fV%.1fH%.1f\"/>", STREAM, top - GAP, y - BOX / 2, LEFT));
            } else if (box.tap().inputs().stream().anyMatch(this::readsStream)) {
                double turn = top(box, top) - 7;
                lines.append(format("<path d=\"M%.1f %.1fH%.1fV%.1f\"/>", STREAM, turn, x(box), turn + 7));
            }
        }
        line(
                x(flow.box(map.blocks().get(0).name())),
                y,
                x(flow.box(map.blocks().get(0).name())),
                y + GAP + 8);
        y += GAP + 8;
    }

    /** Whether the sum is the residual stream before the block, or that and more terms. */
    private boolean readsStream(TapSum sum) {
        return sum.taps().containsAll(map.blocks().get(0).stream().taps());
    }

    private void output(Flow flow) {
        flow(flow, y);
        y += flow.levels() * ROW - GAP + 4;
    }

    /** Draws the boxes of a flow, and the edges between them. */
    private void flow(Flow flow, double top) {
        for (Box box : flow.boxes()) {
            box(box, top);
            for (String input : box.inputs()) {
                edge(flow, flow.box(input), box, top);
            }
        }
    }

    /** A vertical line; or, where the output is added to the residual stream before it is read, a line to that. */
    private void edge(Flow flow, Box from, Box to, double top) {
        boolean added = to.tap().kind() != Tap.Kind.BLOCK
                && to.tap().inputs().stream()
                        .anyMatch(sum -> sum.taps().size() > 1 && readsStream(sum) && holds(sum, from, flow));
        if (added) {
            double turn = bottom(from, top) + 6;
            lines.append(format(
                    "<path d=\"M%.1f %.1fV%.1fH%.1f\"/><circle class=\"plus\" cx=\"%.1f\" cy=\"%.1f\" r=\"6\"/>"
                            + "<path d=\"M%.1f %.1fh8m-4 -4v8\"/>",
                    x(from), turn - 6, turn, STREAM + 6, STREAM, turn, STREAM - 4, turn));
        } else {
            double x = from.right() - from.left() < to.right() - to.left() ? x(from) : x(to);
            boolean written = to.tap().kind() == Tap.Kind.BLOCK && isAddedBefore(flow, from);
            if (!written) {
                line(x, bottom(from, top), x, top(to, top));
            }
        }
    }

    /** Whether a box is a term of a sum that another layer of the block reads. */
    private static boolean isAddedBefore(Flow flow, Box box) {
        return flow.boxes().stream()
                .filter(other -> other.tap().kind() != Tap.Kind.BLOCK)
                .flatMap(other -> other.tap().inputs().stream())
                .anyMatch(sum -> sum.taps().size() > 1 && holds(sum, box, flow));
    }

    private static boolean holds(TapSum sum, Box box, Flow flow) {
        return sum.taps().stream().anyMatch(term -> flow.box(term) == box);
    }

    private void box(Box box, double top) {
        Part part = parts.get(box.tap().name());
        double left = left(box);
        double width = right(box) - left;
        String shape = Arrays.toString(part.shape()).replace('[', '(').replace(']', ')');
        String parameters = part.parameters() == 0 ? "" : format("%,d", part.parameters());
        String name = part.tap();
        String last = name.substring(name.lastIndexOf('.') + 1);
        String label = last.matches("\\d+") ? name : last;
        boolean roomy = CHARACTER * (label.length() + parameters.length() + 2) < width - 12;
        boxes.append(format(
                "<a href=\"#%s\" class=\"part %s\" aria-label=\"%s\"><title>%s: %s, shape %s%s</title>"
                        + "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"6\"/>",
                attribute(name),
                group(box.tap()),
                attribute(part.title() + ", " + name + ", shape " + shape),
                attribute(name),
                attribute(part.title()),
                shape,
                parameters.isEmpty() ? "" : ", " + parameters + " parameters",
                left,
                top(box, top),
                width,
                BOX));
        boxes.append(format(
                "<text class=\"name\" x=\"%.1f\" y=\"%.1f\">%s</text>",
                left + 7, top(box, top) + 15, attribute(cut(label, width - 12))));
        boxes.append(
                format("<text x=\"%.1f\" y=\"%.1f\">%s</text>", left + 7, top(box, top) + 29, cut(shape, width - 12)));
        boolean titled =
                width > TITLED && CHARACTER * (shape.length() + part.title().length() + 2) < width - 12;
        if (titled && !part.title().equals(label)) {
            boxes.append(format(
                    "<text class=\"kind\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
                    left + width - 7, top(box, top) + 29, attribute(part.title())));
        }
        if (roomy && !parameters.isEmpty()) {
            boxes.append(format(
                    "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
                    left + width - 7, top(box, top) + 15, parameters));
        }
        boxes.append("</a>");
    }

    /** The colour of a box. */
    private static String group(Tap tap) {
        return switch (tap.kind()) {
            case TOKEN_EMBEDDING, POSITION_EMBEDDING, EMBEDDING_SUM, ROTARY, LOGITS -> "ends";
            case NORM, BLOCK -> "plain";
            case QUERY, KEY, VALUE, SCORES, PROBABILITIES, CONTEXT, ATTENTION -> "attention";
            case ACTIVATION, MLP, CHOICE, EXPERT_WEIGHTS, EXPERTS, MIXTURE -> "mlp";
            case LINEAR -> tap.owner() instanceof FeedForward ? "mlp" : "attention";
        };
    }

    private static String cut(String text, double width) {
        return Page.shortened(text, (int) Math.max(1, width / CHARACTER));
    }

    private static double left(Box box) {
        return LEFT + box.left() * (RIGHT - LEFT) + (box.left() > 0 ? 3 : 0);
    }

    private static double right(Box box) {
        return LEFT + box.right() * (RIGHT - LEFT) - (box.right() < 1 - 1e-9 ? 3 : 0);
    }

    private static double x(Box box) {
        return LEFT + box.middle() * (RIGHT - LEFT);
    }

    private static double top(Box box, double top) {
        return top + box.level() * ROW;
    }

    private static double bottom(Box box, double top) {
        return top(box, top) + BOX;
    }

    private void line(double x1, double y1, double x2, double y2) {
        lines.append(format("<path d=\"M%.1f %.1fL%.1f %.1f\"/>", x1, y1, x2, y2));
    }

    private void text(double x, double at, String style, String text) {
        boxes.append(format("<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>", style, x, at, attribute(text)));
    }

    private static String attribute(String text) {
        return Page.text(text);
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
