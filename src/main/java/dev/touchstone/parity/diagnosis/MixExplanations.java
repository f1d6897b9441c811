package dev.touchstone.parity.diagnosis;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/** What was done otherwise to scores on their way to probabilities, and with those to values. */
record MixExplanations(Difference it, Parts parts) {
    /** The probabilities of each query. (H, T, S) */
    String probs() {
        double[] scores = parts.of(parts.beside("scores"));
        if (scores == null || scores.length != it.actual().length) {
            return "";
        }
        int S = it.columns();
        int T = it.shape()[1];
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
        guesses.put("a softmax in base 2: 2^x for e^x", shares(powersOf2, i -> i / S, 0));
        guesses.put(
                "a softmax over the queries: its axis is the last", shares(powers, i -> i / (S * T) * S + i % S, 0));
        guesses.put("a softmax over the heads: its axis is the last", shares(powers, i -> i % (S * T), 0));
        guesses.put("a softmax with 1 more in its sum", shares(fromMax, i -> i / S, 1));
        guesses.put("a softmax with 1 more in its sum, before the maximum", shares(powers, i -> i / S, 1));
        for (Map.Entry<String, double[]> guess : guesses.entrySet()) {
            if (it.is(guess.getValue())) {
                return "this is " + guess.getKey();
            }
        }
        long leaks = it.elements()
                .filter(i -> Double.isInfinite(scores[i]) && it.actual()[i] > 0)
                .count();
        return leaks == 0 ? "" : leaks + " masked places have a probability: the mask is too weak, or comes after";
    }

    /** Each number over the sum of its group. */
    private double[] shares(double[] powers, IntUnaryOperator group, double more) {
        double[] sums = new double[powers.length];
        IntStream.range(0, powers.length).forEach(i -> sums[group.applyAsInt(i)] += powers[i]);
        return IntStream.range(0, powers.length)
                .mapToDouble(i -> powers[i] == 0 ? 0 : powers[i] / (sums[group.applyAsInt(i)] + more))
                .toArray();
    }

    /** Heads that take another head's values. (T, H D) */
    String context() {
        double[] probs = parts.of(parts.beside("probs"));
        double[] v = parts.of(parts.beside("v"));
        int T = it.rows();
        if (probs == null || v == null || probs.length % (T * T) != 0 || v.length % T != 0) {
            return "";
        }
        int H = probs.length / (T * T);
        int D = it.columns() / H;
        int G = v.length / T / Math.max(1, D);
        if (G == 0 || G == H || H * D != it.columns() || G * D * T != v.length) {
            return "";
        }
        double[] inTurn = it.elements()
                .mapToDouble(i -> {
                    int t = i / it.columns();
                    int h = i % it.columns() / D;
                    return IntStream.range(0, T)
                            .mapToDouble(s -> probs[(h * T + t) * T + s] * v[(s * G + h % G) * D + i % D])
                            .sum();
                })
                .toArray();
        return it.is(inTurn)
                ? "heads take the values of heads in turn, h mod " + G + ": neighbours share, h / " + H / G
                : "";
    }
}
