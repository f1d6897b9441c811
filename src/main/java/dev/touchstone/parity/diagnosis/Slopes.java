package dev.touchstone.parity.diagnosis;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/** What was done otherwise to ALiBi's slopes: what a head adds to its scores for each position, (H, T, S). */
record Slopes(Difference it, Parts parts) {
    String read() {
        int H = it.shape()[0];
        int past = it.columns() - it.shape()[1];
        double[] tooSteep = perHead(s -> s);
        if (!areOff(tooSteep, s -> s)) {
            return past > 0 && areOff(perHead(s -> Math.min(s, past)), s -> Math.min(s, past))
                    ? "the positions of keys are counted from the first new token: those in the cache come before"
                    : "";
        }
        double[] right = ofProducts();
        if (right == null) {
            return "each head is off by so much a position: ALiBi's slopes";
        }
        double[] ours =
                IntStream.range(0, H).mapToDouble(h -> right[h] + tooSteep[h]).toArray();
        return mistakes(H, right).entrySet().stream()
                .filter(mistake -> IntStream.range(0, H)
                        .allMatch(h -> Math.abs(ours[h] - mistake.getValue().applyAsDouble(h)) < 1e-3 * right[0]))
                .findFirst()
                .map(mistake -> "ALiBi's slopes " + mistake.getKey())
                .orElseGet(() -> String.format(
                        Locale.ROOT, "ALiBi's slopes begin with %.4g, and should with %.4g", ours[0], right[0]));
    }

    private static Map<String, IntToDoubleFunction> mistakes(int H, double[] right) {
        int lower = Integer.highestOneBit(H);
        Map<String, IntToDoubleFunction> mistakes = new LinkedHashMap<>();
        mistakes.put("are missing", h -> 0);
        mistakes.put("have the wrong sign: what is far counts less", h -> -right[h]);
        mistakes.put("are those of a power of two, which " + H + " is not", h -> Math.pow(2, -8.0 * (h + 1) / H));
        mistakes.put("are the first of " + 2 * lower + " heads", h -> Math.pow(2, -4.0 * (h + 1) / lower));
        mistakes.put(
                "go on after " + lower + " heads: from there it is every other of " + 2 * lower,
                h -> Math.pow(2, -8.0 * (h + 1) / lower));
        mistakes.put("begin with 1, one step too early", h -> Math.pow(2, -8.0 * h / lower));
        return mistakes;
    }

    private double error(int i) {
        return it.actual()[i] - it.expected()[i];
    }

    private int sizeOfHead() {
        return it.shape()[1] * it.shape()[2];
    }

    /** How much of this each head adds too much to the scores of its keys. */
    private double[] perHead(IntToDoubleFunction position) {
        double[] positions = it.elements()
                .mapToDouble(i -> position.applyAsDouble(i % it.columns()))
                .toArray();
        double[] errors = it.elements().mapToDouble(this::error).toArray();
        return IntStream.range(0, it.shape()[0])
                .mapToDouble(h -> LeastSquares.fit(List.of(positions), errors, ofHead(h))[0])
                .toArray();
    }

    private boolean areOff(double[] slopes, IntToDoubleFunction position) {
        return it.finite()
                .allMatch(i -> Math.abs(error(i) - slopes[i / sizeOfHead()] * position.applyAsDouble(i % it.columns()))
                        <= it.bound());
    }

    private int[] ofHead(int h) {
        return it.finite().filter(i -> i / sizeOfHead() == h).toArray();
    }

    /** The right slopes, as queries, keys and the right scores show them; null where keys are in a cache. */
    private double[] ofProducts() {
        Products known = new Products(it, parts);
        if (!known.areKnown()) {
            return null;
        }
        double[] products = known.of(known::side, known::shared);
        double[] positions = it.elements().mapToDouble(i -> i % it.columns()).toArray();
        return IntStream.range(0, it.shape()[0])
                .mapToDouble(h -> LeastSquares.fit(List.of(products, positions), it.expected(), ofHead(h))[1])
                .toArray();
    }
}
