package dev.touchstone.parity.diagnosis;

import dev.touchstone.model.Projections;
import dev.touchstone.model.taps.Tap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * What queries, keys or values may be before the rotary embedding.
 *
 * @param kind queries, keys or values
 * @param interleaved the columns of a head if q, k and v of each head follow each other in a fused projection; 0 if all q,
 *     all k and all v do, or if they are projected separately
 * @param limit to which the values are clipped, or {@link #NONE}
 */
record ProjectionSource(Tap.Kind kind, int interleaved, double limit, double[] values) {
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
        return interleaved == 0 ? "three blocks of columns" : "interleaved, every " + interleaved + " columns";
    }

    private static final class Collector {
        private final Context context;
        private final int size;
        private final int columns;
        private final List<ProjectionSource> sources = new ArrayList<>();

        Collector(Context context, Difference difference) {
            this.context = context;
            this.size = difference.tensor().size();
            this.columns = difference.columns();
        }

        void collect(Projections projections) {
            if (projections instanceof Projections.Separate separate) {
                add(Tap.Kind.QUERY, separate.q().name());
                add(Tap.Kind.KEY, separate.k().name());
                add(Tap.Kind.VALUE, separate.v().name());
            } else if (projections instanceof Projections.Normed normed) {
                add(Tap.Kind.QUERY, normed.q().name());
                add(Tap.Kind.KEY, normed.k().name());
                collect(normed.projections());
            } else if (projections instanceof Projections.ScaledQueries scaled) {
                collect(scaled.projections());
                sources.replaceAll(source -> source.kind == Tap.Kind.QUERY ? times(source, scaled.scale()) : source);
            } else if (projections instanceof Projections.Clipped clipped) {
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
                sources.add(new ProjectionSource(kind, 0, NONE, values));
            }
        }

        private static ProjectionSource times(ProjectionSource source, double scale) {
            double[] scaled =
                    Arrays.stream(source.values).map(value -> value * scale).toArray();
            return new ProjectionSource(source.kind, source.interleaved, source.limit, scaled);
        }

        private static ProjectionSource clipped(ProjectionSource source, double limit) {
            double[] clipped = Arrays.stream(source.values)
                    .map(value -> Math.min(Math.max(value, -limit), limit))
                    .toArray();
            return new ProjectionSource(source.kind, source.interleaved, limit, clipped);
        }

        /** All ways to split a fused projection: three blocks of columns, or interleaved for every head size. */
        private void split(String tap) {
            double[] fused = context.of(tap);
            if (fused == null || fused.length != 3 * size) {
                return;
            }
            for (Tap.Kind kind : KINDS) {
                int index = KINDS.indexOf(kind);
                sources.add(new ProjectionSource(kind, 0, NONE, select(fused, c -> index * columns + c)));
                for (int D = 1; D < columns; D++) {
                    int size = D;
                    if (columns % D == 0) {
                        sources.add(new ProjectionSource(
                                kind, D, NONE, select(fused, c -> (c / size * 3 + index) * size + c % size)));
                    }
                }
            }
        }

        private double[] select(double[] fused, IntUnaryOperator column) {
            return IntStream.range(0, size)
                    .mapToDouble(i -> fused[i / columns * 3 * columns + column.applyAsInt(i % columns)])
                    .toArray();
        }
    }
}
