package dev.touchstone.parity.diagnosis;

import java.util.List;
import java.util.Locale;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/** What was done otherwise to numbers {@code x} that are brought between {@code -c} and {@code c}, {@code c tanh(x / c)}. */
record Caps(Difference it) {
    private static final int LARGEST = 100;

    /** Caps that are whole numbers up to 100: others there are none. */
    String read() {
        return IntStream.rangeClosed(1, LARGEST)
                .mapToObj(this::ofCap)
                .filter(clue -> !clue.isEmpty())
                .findFirst()
                .orElse("");
    }

    private String ofCap(int cap) {
        if (fits(i -> it.expected()[i], i -> cap * Math.tanh(it.actual()[i] / cap))) {
            return "the cap of " + cap + " is missing";
        }
        if (fits(i -> it.actual()[i], i -> cap * Math.tanh(it.expected()[i] / cap))) {
            return "capped at " + cap + " although nothing caps them";
        }
        for (int other = 1; other <= LARGEST; other++) {
            int ours = other;
            boolean wider = ours > cap
                    && fits(i -> it.expected()[i], i -> cap * Math.tanh(ours * atanh(it.actual()[i] / ours) / cap));
            boolean narrower = ours < cap
                    && fits(i -> it.actual()[i], i -> ours * Math.tanh(cap * atanh(it.expected()[i] / cap) / ours));
            if (wider || narrower) {
                return "capped at " + ours + ", and should be at " + cap;
            }
        }
        return scaled(cap);
    }

    /** Whether what is capped was multiplied by something before. */
    private String scaled(int cap) {
        int[] places = it.finite()
                .filter(i -> Math.abs(it.expected()[i]) < 0.9 * cap && Math.abs(it.actual()[i]) < 0.9 * cap)
                .toArray();
        double[] right =
                it.elements().mapToDouble(i -> atanh(it.expected()[i] / cap)).toArray();
        double[] ours =
                it.elements().mapToDouble(i -> atanh(it.actual()[i] / cap)).toArray();
        double factor = LeastSquares.fit(List.of(right), ours, places)[0];
        boolean fits = 2 * places.length > it.finite().count()
                && IntStream.of(places).noneMatch(i -> isFar(it.actual()[i], cap * Math.tanh(factor * right[i])))
                && it.finite().anyMatch(i -> isFar(it.actual()[i], factor * it.expected()[i]));
        return fits && Math.abs(factor - 1) > 1e-4
                ? String.format(
                        Locale.ROOT,
                        "%.5g times what it should be, before the cap of %d: a scale, such as 1 / sqrt(D)",
                        factor,
                        cap)
                : "";
    }

    private boolean fits(IntToDoubleFunction found, IntToDoubleFunction guess) {
        return it.finite().noneMatch(i -> isFar(found.applyAsDouble(i), guess.applyAsDouble(i)));
    }

    private boolean isFar(double found, double guess) {
        return !(Math.abs(found - guess) <= it.bound());
    }

    private static double atanh(double x) {
        return Math.log((1 + x) / (1 - x)) / 2;
    }
}
