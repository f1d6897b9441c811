package dev.touchstone.parity.diagnosis;

import dev.touchstone.model.Rotary;
import dev.touchstone.model.taps.Tap;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Explains wrong queries, keys or values by what happens between their projection and the tap: which columns they are
 * read from, and how the rotary embedding is applied. (T, H D) or (T, G D)
 */
record ProjectionExplanations(Difference difference, Context context) {
    String read() {
        List<ProjectionSource> sources = ProjectionSource.all(context, difference);
        double[] actual =
                difference.elements().mapToDouble(i -> difference.actual()[i]).toArray();
        for (ProjectionSource right : sources) {
            for (Rotated rotated : rotations()) {
                if (right.kind() == context.tap().kind()
                        && same(rotated.apply(right.values()), difference.expected())) {
                    String source = otherSource(right, rotated, sources, actual);
                    return source.isEmpty() ? otherRotation(right, rotated, actual) : source;
                }
            }
        }
        return "";
    }

    private String otherSource(
            ProjectionSource right, Rotated rotated, List<ProjectionSource> sources, double[] actual) {
        return sources.stream()
                .filter(ours -> ours.kind() != right.kind() || ours.interleaved() != right.interleaved())
                .filter(ours -> same(rotated.apply(ours.values()), actual))
                .findFirst()
                .map(ours -> ours.interleaved() == right.interleaved()
                        ? "these are the " + ours.plural() + ": q, k and v are swapped"
                        : "q, k and v are read as " + ours.layout() + ", but are " + right.layout())
                .orElse("");
    }

    private String otherRotation(ProjectionSource right, Rotated rotated, double[] actual) {
        return rotations().stream()
                .filter(other -> other.kind() != rotated.kind() && same(other.apply(right.values()), actual))
                .findFirst()
                .map(other -> other.kind().clue())
                .orElse("");
    }

    /** The ways in which the rotary embedding may be applied; only the identity if its table is not known. */
    private List<Rotated> rotations() {
        List<Rotated> rotations = new ArrayList<>(List.of(Rotated.NONE));
        Tap tap = context.tap();
        double[] table =
                tap.inputs().size() < 2 ? null : context.of(tap.inputs().get(1));
        if (table != null && table.length % (4 * difference.rows()) == 0) {
            Rotary rotary = context.map().model().rotary();
            for (Rotated.Kind kind : Rotated.Kind.values()) {
                rotations.add(new Rotated(kind, table, difference.columns(), rotary.headSize()));
            }
        }
        return rotations;
    }

    private boolean same(double[] a, double[] b) {
        return IntStream.range(0, a.length).allMatch(i -> Math.abs(a[i] - b[i]) <= difference.bound());
    }
}
