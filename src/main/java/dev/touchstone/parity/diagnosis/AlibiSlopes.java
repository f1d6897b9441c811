package dev.touchstone.parity.diagnosis;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/** Explains wrong attention scores by ALiBi slopes: a head adds {@code slope * position} to its scores. (H, T, S) */
record AlibiSlopes(Difference difference, Context context) {
    String read() {
        int H = difference.tensor().size(0);
        int past = difference.columns() - difference.tensor().size(1);
        double[] excess = perHead(s -> s);
        if (!explain(excess, s -> s)) {
            DoubleUnaryOperator cached = s -> Math.min(s, past);
            return past > 0 && explain(perHead(cached), cached)
                    ? "ALiBi positions are counted from the first new token, should include the tokens in the cache"
                    : "";
        }
        double[] right = ofProducts();
        if (right == null) {
            return "each head is off by a constant times the position: ALiBi slopes";
        }
        double[] ours =
                IntStream.range(0, H).mapToDouble(h -> right[h] + excess[h]).toArray();
        return mistakes(H, right).entrySet().stream()
                .filter(mistake -> IntStream.range(0, H)
                        .allMatch(h -> Math.abs(ours[h] - mistake.getValue().applyAsDouble(h)) < 1e-3 * right[0]))
                .findFirst()
                .map(mistake -> "ALiBi slopes " + mistake.getKey())
                .orElseGet(() -> String.format(
                        Locale.ROOT, "ALiBi slopes start at %.4g, should start at %.4g", ours[0], right[0]));
    }

    private static Map<String, IntToDoubleFunction> mistakes(int H, double[] right) {
        int lower = Integer.highestOneBit(H);
        Map<String, IntToDoubleFunction> mistakes = new LinkedHashMap<>();
        mistakes.put("are missing", h -> 0);
        mistakes.put("have the wrong sign", h -> -right[h]);
        mistakes.put(
                "are those of a number of heads that is a power of two, which " + H + " is not",
                h -> Math.pow(2, -8.0 * (h + 1) / H));
        mistakes.put("are the first of those of " + 2 * lower + " heads", h -> Math.pow(2, -4.0 * (h + 1) / lower));
        mistakes.put(
                "continue the sequence of " + lower + " heads, should be every other slope of " + 2 * lower + " heads",
                h -> Math.pow(2, -8.0 * (h + 1) / lower));
        mistakes.put("start at 1, one step too early", h -> Math.pow(2, -8.0 * h / lower));
        return mistakes;
    }

    private double error(int i) {
        return difference.actual()[i] - difference.expected()[i];
    }

    private int head(int i) {
        return i / (difference.tensor().size() / difference.tensor().size(0));
    }

    /** For each head the factor on {@code position} that explains its error best. */
    private double[] perHead(DoubleUnaryOperator position) {
        double[] positions = difference
                .elements()
                .mapToDouble(i -> position.applyAsDouble(i % difference.columns()))
                .toArray();
        double[] errors = difference.elements().mapToDouble(this::error).toArray();
        return IntStream.range(0, difference.tensor().size(0))
                .mapToDouble(h -> LeastSquares.fit(List.of(positions), errors, elements(h))[0])
                .toArray();
    }

    private boolean explain(double[] slopes, DoubleUnaryOperator position) {
        return difference
                .finite()
                .allMatch(i -> Math.abs(error(i) - slopes[head(i)] * position.applyAsDouble(i % difference.columns()))
                        <= difference.bound());
    }

    private int[] elements(int head) {
        return difference.finite().filter(i -> head(i) == head).toArray();
    }

    /** The right slopes, from queries, keys and right scores; null if keys are in a cache. */
    private double[] ofProducts() {
        Products known = new Products(difference, context);
        if (!known.areKnown()) {
            return null;
        }
        double[] products = known.of(known::contiguous, known::shared);
        double[] positions =
                difference.elements().mapToDouble(i -> i % difference.columns()).toArray();
        return IntStream.range(0, difference.tensor().size(0))
                .mapToDouble(h -> LeastSquares.fit(List.of(products, positions), difference.expected(), elements(h))[1])
                .toArray();
    }
}
