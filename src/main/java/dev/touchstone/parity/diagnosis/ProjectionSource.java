package dev.touchstone.parity.diagnosis;

import dev.touchstone.model.ClippedProjections;
import dev.touchstone.model.NormedProjections;
import dev.touchstone.model.Projections;
import dev.touchstone.model.ProjectionsAfterRotary;
import dev.touchstone.model.ScaledQueries;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.model.taps.Tap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What queries, keys or values may be before the rotary embedding.
 *
 * @param kind queries, keys or values
 * @param interleaved the columns of the keys of a group if q, k and v of each group of heads follow each other in a fused projection;
 *     0 if all q, all k and all v do, or if they are projected separately
 * @param valuesFirst whether values come before keys in a fused projection
 * @param limit to which the values are clipped, or {@link #NONE}
 */
record ProjectionSource(Tap.Kind kind, int interleaved, boolean valuesFirst, double limit, double[] values) {
    /** No limit. */
    static final double NONE = Double.POSITIVE_INFINITY;

    private static final List<Tap.Kind> KINDS = List.of(Tap.Kind.QUERY, Tap.Kind.KEY, Tap.Kind.VALUE);

    /** Every source of the same size as the wrong tensor, whatever the columns of a fused projection are read as. */
    static List<ProjectionSource> all(Context context, Difference difference) {
        Collector collector = new Collector(context, difference);
        collector.collect(context.attention().projections());
        return collector.sources;
    }

    String plural() {
        return switch (kind) {
            case QUERY -> "queries";
            case KEY -> "keys";
            default -> "values";
        };
    }

    String layout() {
        String order = valuesFirst ? ", values before keys" : "";
        return (interleaved == 0 ? "three blocks of columns" : "interleaved, every " + interleaved + " columns")
                + order;
    }

    private static final class Collector {
        private final Context context;
        private final Difference difference;
        private final int size;
        private final List<ProjectionSource> sources = new ArrayList<>();

        Collector(Context context, Difference difference) {
            this.context = context;
            this.difference = difference;
            this.size = difference.tensor().size();
        }

        void collect(Projections projections) {
            if (projections instanceof Projections.Separate separate) {
                add(Tap.Kind.QUERY, separate.q().name());
                add(Tap.Kind.KEY, separate.k().name());
                add(Tap.Kind.VALUE, separate.v().name());
            } else if (projections instanceof NormedProjections normed) {
                add(Tap.Kind.QUERY, normed.q().name());
                add(Tap.Kind.KEY, normed.k().name());
                collect(normed.projections());
            } else if (projections instanceof ProjectionsAfterRotary changed) {
                collect(changed.projections());
            } else if (projections instanceof ScaledQueries scaled) {
                collect(scaled.projections());
                sources.replaceAll(source -> source.kind == Tap.Kind.QUERY ? times(source, scaled.scale()) : source);
            } else if (projections instanceof ClippedProjections clipped) {
                collect(clipped.projections());
                List<ProjectionSource> unclipped = List.copyOf(sources);
                sources.replaceAll(source -> clipped(source, clipped.limit()));
                sources.addAll(unclipped);
            } else if (projections instanceof Projections.Fused fused) {
                split(fused.linear().name());
            } else if (projections instanceof Projections.Interleaved fused) {
                split(fused.linear().name());
            }
        }

        private void add(Tap.Kind kind, String tap) {
            double[] values = context.of(tap);
            if (values != null && values.length == size) {
                sources.add(new ProjectionSource(kind, 0, false, NONE, values));
            }
        }

        private static ProjectionSource times(ProjectionSource source, double scale) {
            double[] scaled =
                    Arrays.stream(source.values).map(value -> value * scale).toArray();
            return new ProjectionSource(source.kind, source.interleaved, source.valuesFirst, source.limit, scaled);
        }

        private static ProjectionSource clipped(ProjectionSource source, double limit) {
            double[] clipped = Arrays.stream(source.values)
                    .map(value -> Math.min(Math.max(value, -limit), limit))
                    .toArray();
            return new ProjectionSource(source.kind, source.interleaved, source.valuesFirst, limit, clipped);
        }

        /** All ways to split a fused projection: blocks of columns, or interleaved for every size of a group of heads. */
        private void split(String tap) {
            double[] fused = context.of(tap);
            Shape shape = context.map().model().shape();
            int queries = shape.heads() * shape.headSize();
            int keyValues = shape.keyValueHeads() * shape.headSize();
            if (fused == null || fused.length != difference.rows() * (queries + 2 * keyValues)) {
                return;
            }
            for (boolean valuesFirst : new boolean[] {false, true}) {
                for (int groups = 1; groups <= keyValues; groups++) {
                    if (queries % groups == 0 && keyValues % groups == 0) {
                        addGroups(fused, queries / groups, keyValues / groups, valuesFirst);
                    }
                }
            }
        }

        /** Queries, keys and values if each group has so many columns of them; those of the size of the wrong tensor. */
        private void addGroups(double[] fused, int queries, int keyValues, boolean valuesFirst) {
            int step = queries + 2 * keyValues;
            int interleaved = step * difference.rows() == fused.length ? 0 : keyValues;
            for (Tap.Kind kind : KINDS) {
                int width = kind == Tap.Kind.QUERY ? queries : keyValues;
                boolean second = kind == (valuesFirst ? Tap.Kind.KEY : Tap.Kind.VALUE);
                int start = kind == Tap.Kind.QUERY ? 0 : second ? queries + keyValues : queries;
                if (fused.length / step * width == size) {
                    double[] values = IntStream.range(0, size)
                            .mapToDouble(i -> fused[i / width * step + start + i % width])
                            .toArray();
                    sources.add(new ProjectionSource(kind, interleaved, valuesFirst, NONE, values));
                }
            }
        }
    }
}
