package dev.touchstone.parity.diagnosis;

import dev.touchstone.model.Attention;
import dev.touchstone.model.Projections;
import dev.touchstone.model.ProjectionsAfterRotary;
import dev.touchstone.model.ProjectionsAfterRotary.Growth;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.taps.Tap;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * A way of changing queries or keys after the rotary embedding, right or wrong.
 *
 * @param clue the explanation if this way was used by mistake
 * @param change (T, H D) -> (T, H D)
 */
record AfterRotary(String clue, UnaryOperator<double[]> change) {
    private static final AfterRotary NOTHING = new AfterRotary("", x -> x);

    double[] apply(double[] x) {
        return change.apply(x);
    }

    /** Of these layers the right way, then known mistakes. */
    static List<AfterRotary> all(Attention attention, Transformer model, Tap.Kind kind, int columns) {
        Projections projections = attention.projections();
        if (!(projections instanceof ProjectionsAfterRotary right) || kind == Tap.Kind.VALUE) {
            return List.of(NOTHING);
        }
        boolean isNormed = right.epsilon() != ProjectionsAfterRotary.NO_NORM;
        int D = right.headSize();
        double[] epsilons = epsilons(model);
        UnaryOperator<double[]> norm = x -> isNormed ? normed(x, D, right.epsilon()) : x;
        Growth growth = kind == Tap.Kind.QUERY ? right.growth() : null;
        List<AfterRotary> ways = new ArrayList<>();
        ways.add(new AfterRotary("", x -> grown(norm.apply(x), growth, columns)));
        if (isNormed) {
            ways.add(new AfterRotary("the norm of each head is missing", x -> grown(x, growth, columns)));
            for (double epsilon : epsilons) {
                ways.add(new AfterRotary(
                        "the epsilon of the norm is " + shown(epsilon) + ", should be " + shown(right.epsilon()),
                        x -> grown(normed(x, D, epsilon), growth, columns)));
            }
            ways.add(new AfterRotary(
                    "the norm is that of all heads together, should be that of each head",
                    x -> grown(normed(x, columns, right.epsilon()), growth, columns)));
        } else {
            for (double epsilon : epsilons) {
                ways.add(new AfterRotary(
                        "each head has a norm, should have none", x -> grown(normed(x, D, epsilon), growth, columns)));
            }
        }
        if (growth != null) {
            String late = "the factor that grows with the position is that of the position ";
            ways.add(new AfterRotary("the factor that grows with the position is missing", norm));
            ways.add(new AfterRotary(late + "before", x -> grown(norm.apply(x), moved(growth, -1), columns)));
            ways.add(new AfterRotary(late + "after", x -> grown(norm.apply(x), moved(growth, 1), columns)));
        } else if (right.growth() != null) {
            ways.add(new AfterRotary(
                    "keys have the factor that grows with the position, which only queries should have",
                    x -> grown(norm.apply(x), right.growth(), columns)));
        }
        return ways;
    }

    /** The usual epsilons of norms, and those of other layers. */
    private static double[] epsilons(Transformer model) {
        DoubleStream ofLayers = model.blocks().stream()
                .map(block -> block.attn().projections())
                .filter(ProjectionsAfterRotary.class::isInstance)
                .mapToDouble(projections -> ((ProjectionsAfterRotary) projections).epsilon())
                .filter(epsilon -> epsilon != ProjectionsAfterRotary.NO_NORM);
        return DoubleStream.concat(DoubleStream.of(1e-6, 1e-5, 1e-8, 1e-12, 0), ofLayers)
                .distinct()
                .toArray();
    }

    private static String shown(double epsilon) {
        return epsilon != 0 && epsilon < 1e-3
                ? String.format(Locale.ROOT, "%.0e", epsilon).replace("e-0", "e-")
                : "" + epsilon;
    }

    private static Growth moved(Growth growth, int by) {
        return new Growth(growth.strength(), growth.period(), growth.offset() + by);
    }

    private static double[] normed(double[] x, int size, double epsilon) {
        double[] rms = IntStream.range(0, x.length / size)
                .mapToDouble(row -> Math.sqrt(IntStream.range(row * size, (row + 1) * size)
                                        .mapToDouble(i -> x[i] * x[i])
                                        .sum()
                                / size
                        + epsilon))
                .toArray();
        return IntStream.range(0, x.length)
                .mapToDouble(i -> x[i] / rms[i / size])
                .toArray();
    }

    private static double[] grown(double[] x, Growth growth, int columns) {
        return growth == null
                ? x
                : IntStream.range(0, x.length)
                        .mapToDouble(i -> x[i] * growth.factor(i / columns))
                        .toArray();
    }
}
