package dev.touchstone.parity.diagnosis;

import java.util.List;
import java.util.Locale;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/** Explains wrong scores or logits by their soft cap, {@code c tanh(x / c)}: missing, not expected, of another size. */
record SoftCaps(Difference difference) {
    private static final int LARGEST = 100;

    /** Tries whole numbers up to 100 as the cap; models have no others. */
    String read() {
        return IntStream.rangeClosed(1, LARGEST)
                .mapToObj(this::ofCap)
                .filter(clue -> !clue.isEmpty())
                .findFirst()
                .orElse("");
    }

    private String ofCap(int cap) {
        if (fits(i -> difference.expected()[i], i -> cap * Math.tanh(difference.actual()[i] / cap))) {
            return "the soft cap of " + cap + " is missing";
        }
        if (fits(i -> difference.actual()[i], i -> cap * Math.tanh(difference.expected()[i] / cap))) {
            return "soft-capped at " + cap + ", but should have no cap";
        }
        for (int other = 1; other <= LARGEST; other++) {
            int ours = other;
            boolean wider = ours > cap
                    && fits(
                            i -> difference.expected()[i],
                            i -> cap * Math.tanh(ours * atanh(difference.actual()[i] / ours) / cap));
            boolean narrower = ours < cap
                    && fits(
                            i -> difference.actual()[i],
                            i -> ours * Math.tanh(cap * atanh(difference.expected()[i] / cap) / ours));
            if (wider || narrower) {
                return "soft-capped at " + ours + ", should be at " + cap;
            }
        }
        return scaled(cap);
    }

    /** Whether the values were multiplied by a factor before the cap was applied. */
    private String scaled(int cap) {
        int[] invertible = difference
                .finite()
                .filter(i -> Math.abs(difference.expected()[i]) < 0.9 * cap
                        && Math.abs(difference.actual()[i]) < 0.9 * cap)
                .toArray();
        double[] right = difference
                .elements()
                .mapToDouble(i -> atanh(difference.expected()[i] / cap))
                .toArray();
        double[] ours = difference
                .elements()
                .mapToDouble(i -> atanh(difference.actual()[i] / cap))
                .toArray();
        double factor = LeastSquares.fit(List.of(right), ours, invertible)[0];
        boolean fits = 2 * invertible.length > difference.finite().count()
                && IntStream.of(invertible)
                        .noneMatch(i -> isFar(difference.actual()[i], cap * Math.tanh(factor * right[i])))
                && difference
                        .finite()
                        .anyMatch(i -> isFar(
                                difference.actual()[i], factor * difference.expected()[i]));
        return fits && Math.abs(factor - 1) > 1e-4
                ? String.format(
                        Locale.ROOT,
                        "%.5g times the expected values before the soft cap of %d: a scale, such as 1 / sqrt(D)",
                        factor,
                        cap)
                : "";
    }

    private boolean fits(IntToDoubleFunction found, IntToDoubleFunction guess) {
        return difference.finite().noneMatch(i -> isFar(found.applyAsDouble(i), guess.applyAsDouble(i)));
    }

    private boolean isFar(double found, double guess) {
        return !(Math.abs(found - guess) <= difference.bound());
    }

    private static double atanh(double x) {
        return Math.log((1 + x) / (1 - x)) / 2;
    }
}
