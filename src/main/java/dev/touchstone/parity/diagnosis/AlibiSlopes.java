package dev.touchstone.parity.diagnosis;

import dev.touchstone.kernels.Scoring;
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
        Scoring scoring = context.attention().scoring();
        return scoring.inBfloat16() ? inBfloat16(scoring) : inFloat32();
    }

    /** The bias of a head for the key at a position. */
    @FunctionalInterface
    private interface Bias {
        double of(int head, int position);
    }

    /** Falcon's bias is no multiple of the position, because it is rounded, so mistakes are compared with it. */
    private String inBfloat16(Scoring scoring) {
        List<Double> slopes = scoring.slopes();
        Map<String, Bias> mistakes = new LinkedHashMap<>();
        mistakes.put("are missing", (h, s) -> 0);
        mistakes.put("are not rounded to bfloat16", (h, s) -> slopes.get(h) * s * scoring.scale());
        mistakes.put("are not multiplied by the scale of the scores", (h, s) -> slopes.get(h) * s);
        mistakes.put("are added twice", (h, s) -> 2 * slopes.get(h) * s * scoring.scale());
        mistakes.put(
                "are those of a number of heads that is a power of two, which " + slopes.size() + " is not",
                (h, s) -> scoring.bias(Math.pow(2, -8.0 * (h + 1) / slopes.size()), s));
        return mistakes.entrySet().stream()
                .filter(mistake ->
                        difference.finite().allMatch(i -> isBias(i, scoring, slopes.get(head(i)), mistake.getValue())))
                .findFirst()
                .map(mistake -> "ALiBi slopes " + mistake.getKey())
                .orElse("");
    }

    /** Whether a bias instead of the right one gives the wrong score. */
    private boolean isBias(int i, Scoring scoring, double slope, Bias ours) {
        int position = i % difference.columns();
        double excess = ours.of(head(i), position) - scoring.bias(slope, position);
        return Math.abs(error(i) - excess) <= difference.bound();
    }

    private String inFloat32() {
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
