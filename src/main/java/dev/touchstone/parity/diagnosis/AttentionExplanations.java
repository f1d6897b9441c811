package dev.touchstone.parity.diagnosis;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/** Explains wrong attention probabilities and wrong weighted sums of values. */
record AttentionExplanations(Difference difference, Context context) {
    /** The probabilities: another softmax, or a mask that is not infinite. (H, T, S) */
    String probabilities() {
        double[] scores = context.of(context.attention().scoresTap());
        if (scores == null || scores.length != difference.actual().length) {
            return "";
        }
        int S = difference.columns();
        int T = difference.shape()[1];
        double[] powers = IntStream.range(0, scores.length)
                .mapToDouble(i -> Math.exp(scores[i]))
                .toArray();
        double[] powersOf2 = IntStream.range(0, scores.length)
                .mapToDouble(i -> Math.pow(2, scores[i]))
                .toArray();
        double[] fromMax = IntStream.range(0, scores.length)
                .mapToDouble(i -> Math.exp(scores[i]
                        - IntStream.range(i / S * S, i / S * S + S)
                                .mapToDouble(j -> scores[j])
                                .max()
                                .orElseThrow()))
                .toArray();
        Map<String, double[]> guesses = new LinkedHashMap<>();
        guesses.put("is in base 2, should be in base e", shares(powersOf2, i -> i / S, 0));
        guesses.put("is over the queries, should be over the keys", shares(powers, i -> i / (S * T) * S + i % S, 0));
        guesses.put("is over the heads, should be over the keys", shares(powers, i -> i % (S * T), 0));
        if (!context.attention().scoring().sinks().isEmpty()) {
            guesses.put("leaves out the attention sink", shares(fromMax, i -> i / S, 0));
        }
        guesses.put("has 1 added to its denominator", shares(fromMax, i -> i / S, 1));
        guesses.put("has 1 added to its denominator, and does not subtract the maximum", shares(powers, i -> i / S, 1));
        for (Map.Entry<String, double[]> guess : guesses.entrySet()) {
            if (difference.is(guess.getValue())) {
                return "the softmax " + guess.getKey();
            }
        }
        long leaks = difference
                .elements()
                .filter(i -> Double.isInfinite(scores[i]) && difference.actual()[i] > 0)
                .count();
        return leaks == 0
                ? ""
                : leaks
                        + " masked elements have a probability above 0: the mask is not -inf, or is applied after softmax";
    }

    /** Each number divided by the sum of its group plus a constant. */
    private double[] shares(double[] powers, IntUnaryOperator group, double more) {
        double[] sums = new double[powers.length];
        IntStream.range(0, powers.length).forEach(i -> sums[group.applyAsInt(i)] += powers[i]);
        return IntStream.range(0, powers.length)
                .mapToDouble(i -> powers[i] == 0 ? 0 : powers[i] / (sums[group.applyAsInt(i)] + more))
                .toArray();
    }

    /** The weighted sums: query heads use the wrong value heads. (T, H D) */
    String weightedSum() {
        double[] probs = context.of(context.attention().probsTap());
        double[] v = context.of(context.attention().vTap());
        int T = difference.rows();
        if (probs == null || v == null || probs.length % (T * T) != 0 || v.length % T != 0) {
            return "";
        }
        int H = probs.length / (T * T);
        int D = difference.columns() / H;
        int G = v.length / T / Math.max(1, D);
        if (G == 0 || G == H || H * D != difference.columns() || G * D * T != v.length) {
            return "";
        }
        double[] modulo = difference
                .elements()
                .mapToDouble(i -> {
                    int t = i / difference.columns();
                    int h = i % difference.columns() / D;
                    return IntStream.range(0, T)
                            .mapToDouble(s -> probs[(h * T + t) * T + s] * v[(s * G + h % G) * D + i % D])
                            .sum();
                })
                .toArray();
        return difference.is(modulo) ? "query head h uses value head h mod " + G + ", should be h / " + H / G : "";
    }
}
