package dev.touchstone.parity.diagnosis;

import dev.touchstone.kernels.Angles;
import dev.touchstone.model.Rotary;
import dev.touchstone.model.taps.Tap;
import dev.touchstone.tensor.Tensor;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Explains wrong queries, keys or values by what happens between their projection and the tap: which columns they are
 * read from, and how the rotary embedding is applied. (T, H D) or (T, G D)
 */
record ProjectionExplanations(Difference difference, Context context) {
    String read() {
        List<ProjectionSource> sources = ProjectionSource.all(context, difference);
        double[] actual =
                difference.elements().mapToDouble(i -> difference.actual()[i]).toArray();
        Rotary rotary = context.map().model().rotaries().of(context.tap().block());
        List<AfterRotary> ways = ways();
        for (ProjectionSource right : sources) {
            for (Rotated rotated : rotations(rotary)) {
                if (right.kind() == context.tap().kind()
                        && same(ways.get(0).apply(rotated.apply(right.values())), difference.expected())) {
                    return Stream.<Supplier<String>>of(
                                    () -> otherSource(right, rotated, sources, actual),
                                    () -> otherChange(right, rotated, actual),
                                    () -> otherRotation(right, rotated, actual))
                            .map(Supplier::get)
                            .filter(clue -> !clue.isEmpty())
                            .findFirst()
                            .orElse("");
                }
            }
        }
        return "";
    }

    private List<AfterRotary> ways() {
        return AfterRotary.all(
                context.attention(), context.map().model(), context.tap().kind(), difference.columns());
    }

    /** Rotated, then changed in the right way. */
    private double[] finished(Rotated rotated, ProjectionSource source) {
        return ways().get(0).apply(rotated.apply(source.values()));
    }

    private String otherChange(ProjectionSource right, Rotated rotated, double[] actual) {
        return ways().stream()
                .skip(1)
                .filter(way -> same(way.apply(rotated.apply(right.values())), actual))
                .map(AfterRotary::clue)
                .findFirst()
                .orElse("");
    }

    private String otherSource(
            ProjectionSource right, Rotated rotated, List<ProjectionSource> sources, double[] actual) {
        return sources.stream()
                .filter(ours -> ours.kind() != right.kind()
                        || !ours.layout().equals(right.layout())
                        || ours.limit() != right.limit())
                .filter(ours -> same(finished(rotated, ours), actual))
                .findFirst()
                .map(ours -> mistaken(ours, right))
                .orElse("");
    }

    private static String mistaken(ProjectionSource ours, ProjectionSource right) {
        boolean sameLayout = ours.layout().equals(right.layout());
        if (ours.kind() != right.kind() && sameLayout) {
            return "these are the " + ours.plural() + ": q, k and v are swapped";
        }
        return sameLayout
                ? "the " + ours.plural() + " are not clipped, should be at " + (float) right.limit()
                : "q, k and v are read as " + ours.layout() + ", but are " + right.layout();
    }

    private String otherRotation(ProjectionSource right, Rotated rotated, double[] actual) {
        return rotations(rotated.rotary()).stream()
                .filter(other -> other.kind() != rotated.kind() && same(finished(other, right), actual))
                .findFirst()
                .map(other -> other.kind().clue())
                .orElseGet(() -> rotationOfOtherLayers(right, rotated, actual));
    }

    /** Whether the layer has the rotary embedding of other layers. */
    private String rotationOfOtherLayers(ProjectionSource right, Rotated rotated, double[] actual) {
        return context.map().model().rotaries().all().stream()
                .filter(other -> !other.equals(rotated.rotary()))
                .filter(other -> rotations(other).stream()
                        .anyMatch(wrong -> wrong.kind() != Rotated.Kind.NONE && same(finished(wrong, right), actual)))
                .findFirst()
                .map(other -> rotated.rotary() == null
                        ? "the rotary embedding is applied, should not be: the layer has no positions"
                        : "the rotary embedding is " + other.name() + ", should be "
                                + rotated.rotary().name())
                .orElse("");
    }

    /** The ways in which a rotary embedding may be applied; only the identity if it is null or its table is not known. */
    private List<Rotated> rotations(Rotary rotary) {
        double[] table = rotary == null || context.tap().kind() == Tap.Kind.VALUE ? null : table(rotary);
        boolean known =
                table != null && table.length == 4 * rotary.frequencies().size() * difference.rows();
        return Stream.of(Rotated.Kind.values())
                .filter(kind -> known || kind == Rotated.Kind.NONE)
                .map(kind -> new Rotated(kind, rotary, table, difference.columns()))
                .toList();
    }

    /** The tap of the table, or, if it is no tap, the table for positions from 0 on. Null if it is not known. */
    private double[] table(Rotary rotary) {
        if (rotary.name() != null) {
            return context.of(rotary.name());
        }
        int[] positions = IntStream.range(0, difference.rows()).toArray();
        Tensor table = Angles.table(positions, rotary.frequencies(), rotary.factor(), rotary.layout());
        return IntStream.range(0, table.size())
                .mapToDouble(i -> table.data()[i])
                .toArray();
    }

    private boolean same(double[] a, double[] b) {
        return IntStream.range(0, a.length).allMatch(i -> Math.abs(a[i] - b[i]) <= difference.bound());
    }
}
