package dev.touchstone.parity;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/** What attention has done instead. */
record AttentionExplanations(Difference it, Function<String, double[]> inputs) {
    String read() {
        return switch (it.point()) {
            case "scores" -> scores();
            case "probs" -> probs();
            default -> part();
        };
    }

    private double[] input(String point) {
        return inputs.apply(it.tap().substring(0, it.tap().lastIndexOf('.') + 1) + point);
    }

    /** Another part of the fused projection, or one that is laid out otherwise. */
    private String part() {
        double[] fused = input("c_attn");
        int C = it.columns();
        if (fused == null || fused.length != 3 * it.actual().length) {
            return "";
        }
        List<String> parts = List.of("q", "k", "v");
        for (String part : parts) {
            if (!part.equals(it.point()) && it.is(columns(fused, c -> parts.indexOf(part) * C + c))) {
                return "this is " + part + ": q, k and v are swapped";
            }
        }
        int mine = parts.indexOf(it.point());
        for (int D = 1; D < C; D++) {
            int size = D;
            if (C % D == 0 && it.is(columns(fused, c -> (c / size * 3 + mine) * size + c % size))) {
                return "q, k and v are taken for interleaved, every " + D + " columns: they lie side by side";
            }
        }
        return "";
    }

    private double[] columns(double[] fused, IntUnaryOperator column) {
        int C = it.columns();
        return it.elements()
                .mapToDouble(i -> fused[i / C * 3 * C + column.applyAsInt(i % C)])
                .toArray();
    }

    /** Heads whose channels do not lie side by side. */
    private String scores() {
        double[] q = input("q");
        double[] k = input("k");
        int H = it.shape()[0];
        int T = it.shape()[1];
        if (q == null || k == null || q.length != k.length || it.shape()[2] != T || q.length % (T * H) != 0) {
            return "";
        }
        int C = q.length / T;
        double[] right = products(q, k, (h, d) -> h * (C / H) + d, (h, d) -> h * (C / H) + d);
        int[] finite = it.finite().toArray();
        double scale = LeastSquares.fit(List.of(right), it.expected(), finite)[0];
        Layout side = (h, d) -> h * (C / H) + d;
        Layout apart = (h, d) -> d * H + h;
        if (matches(products(q, k, apart, apart), scale)
                || matches(products(q, k, apart, side), scale)
                || matches(products(q, k, side, apart), scale)) {
            return "heads are split as (D, H): a head's channels lie side by side, (H, D)";
        }
        return "";
    }

    private boolean matches(double[] products, double scale) {
        return it.is(it.elements()
                .mapToDouble(i -> Double.isInfinite(it.expected()[i]) ? it.expected()[i] : scale * products[i])
                .toArray());
    }

    /** The channel where a head keeps its d-th number. */
    @FunctionalInterface
    private interface Layout {
        int channel(int h, int d);
    }

    private double[] products(double[] q, double[] k, Layout ofQ, Layout ofK) {
        int H = it.shape()[0];
        int T = it.shape()[1];
        int C = q.length / T;
        return it.elements()
                .mapToDouble(i -> IntStream.range(0, C / H)
                        .mapToDouble(d ->
                                q[i / T % T * C + ofQ.channel(i / T / T, d)] * k[i % T * C + ofK.channel(i / T / T, d)])
                        .sum())
                .toArray();
    }

    private String probs() {
        double[] scores = input("scores");
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
}
