package dev.touchstone.parity.diagnosis;

import dev.touchstone.kernels.Activation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What an operation that is wrong has done instead, found by doing what people do by mistake to the input that it had. Each is
 * empty where that does not give the wrong numbers.
 */
record Explanations(Difference it, Parts parts) {
    /** What an activation is made of: the tap before it, by its names. */
    private static final List<String> INPUTS = List.of("c_fc", "gate_proj", "fc1", "dense_h_to_4h");

    private static final Map<String, DoubleUnaryOperator> ACTIVATIONS = new TreeMap<>(Map.of(
            "ReLU", x -> Activation.RELU.of((float) x),
            "the GELU with erf", x -> Activation.GELU.of((float) x),
            "the GELU with tanh, gelu_new", x -> Activation.GELU_NEW.of((float) x),
            "SiLU, x sigmoid(x)", x -> Activation.SILU.of((float) x),
            "quick GELU, x sigmoid(1.702 x)", x -> x / (1 + Math.exp(-1.702 * x)),
            "its own input: there is no activation", x -> x));

    /** The first that fits what is made at this tap. */
    String read() {
        return switch (parts.point()) {
            case "act", "act_fn", "activation_fn", "gelu_impl" -> activation();
            case "q", "k", "v" -> new ProjectionExplanations(it, parts).read();
            case "scores" -> new ScoreExplanations(it, parts).read();
            case "probs" -> new MixExplanations(it, parts).probs();
            case "context" -> new MixExplanations(it, parts).context();
            case "rotary_emb" -> new RotaryExplanations(it).read();
            case "wpe", "embed_positions" -> positions();
            case "logits" -> new Caps(it).read();
            case "drop" -> sum(List.of("wte", "wpe"));
            default ->
                parts.isNorm()
                        ? new NormExplanations(it, parts).read()
                        : it.tap().equals(parts.block()) ? block() : "";
        };
    }

    /** What a block adds to the residual stream. */
    private String block() {
        List<String> terms = new ArrayList<>(List.of(parts.stream(), parts.attention(), parts.mlp()));
        terms.addAll(parts.norms());
        return sum(terms);
    }

    private String activation() {
        double[] x = INPUTS.stream()
                .map(name -> parts.of(parts.beside(name)))
                .filter(input -> input != null && input.length == it.actual().length)
                .findFirst()
                .orElse(null);
        if (x == null) {
            return "";
        }
        double[] up = parts.of(parts.beside("up_proj"));
        if (up != null && ACTIVATIONS.values().stream().anyMatch(f -> it.is(made(f, up)) && makes(f, x))) {
            return "this is made of up_proj: gate and up are swapped";
        }
        return ACTIVATIONS.entrySet().stream()
                .filter(other -> it.is(made(other.getValue(), x)))
                .findFirst()
                .map(other -> "this is " + other.getKey())
                .orElseGet(() -> gelu(x));
    }

    private static double[] made(DoubleUnaryOperator function, double[] x) {
        return Arrays.stream(x).map(function).toArray();
    }

    /** Whether this is the right one. */
    private boolean makes(DoubleUnaryOperator function, double[] x) {
        return it.elements().allMatch(i -> Math.abs(function.applyAsDouble(x[i]) - it.expected()[i]) <= it.bound());
    }

    /** {@code x / 2 (1 + tanh(a x + b x^3))} with constants of its own. */
    private String gelu(double[] x) {
        double[] inner = new double[x.length];
        int[] places = IntStream.range(0, x.length)
                .filter(i -> Math.abs(x[i]) > 0.1 && Math.abs(2 * it.actual()[i] / x[i] - 1) < 0.95)
                .toArray();
        for (int i : places) {
            double tanh = 2 * it.actual()[i] / x[i] - 1;
            inner[i] = Math.log((1 + tanh) / (1 - tanh)) / 2;
        }
        double[] cubes = IntStream.range(0, x.length)
                .mapToDouble(i -> x[i] * x[i] * x[i])
                .toArray();
        double[] fit = places.length < 8 ? new double[2] : LeastSquares.fit(List.of(x, cubes), inner, places);
        boolean fits = it.is(IntStream.range(0, x.length)
                .mapToDouble(i -> x[i] / 2 * (1 + Math.tanh(fit[0] * x[i] + fit[1] * cubes[i])))
                .toArray());
        return fits
                ? String.format(
                        Locale.ROOT,
                        "this is a GELU with other constants, tanh(%.4g x + %.4g x^3); gelu_new has 0.7979 and 0.03568",
                        fit[0],
                        fit[1])
                : "another GELU, or an approximation of one: a constant in it, or where it is cut off";
    }

    /** The same rows some tokens later or earlier, or in reverse. */
    private String positions() {
        int rows = it.rows();
        int columns = it.columns();
        for (int late : new int[] {-2, -1, 1, 2}) {
            int by = late;
            boolean fits = it.elements()
                    .filter(i -> i / columns + by >= 0 && i / columns + by < rows)
                    .allMatch(i -> it.actual()[i] == (float) it.expected()[i + by * columns]);
            if (rows > 2 && fits) {
                return "positions start " + Math.abs(by) + (by > 0 ? " too late" : " too early");
            }
        }
        for (int row : new int[] {0, rows - 1}) {
            if (it.elements().allMatch(i -> it.actual()[i] == (float) it.expected()[row * columns + i % columns])) {
                return "every token stands at position " + row;
            }
        }
        return it.elements()
                        .allMatch(i -> it.actual()[i]
                                == (float) it.expected()[(rows - 1 - i / columns) * columns + i % columns])
                ? "positions run backwards"
                : "";
    }

    /** Which of these terms a sum has, each how often, and which it should have. */
    private String sum(List<String> names) {
        int[] all = it.elements().toArray();
        List<double[]> terms = names.stream().map(parts::of).toList();
        if (terms.stream().anyMatch(term -> term == null || term.length != all.length)) {
            return "";
        }
        double[] actual = it.elements().mapToDouble(i -> it.actual()[i]).toArray();
        double[] ours = LeastSquares.fit(terms, actual, all);
        double[] right = LeastSquares.fit(terms, it.expected(), all);
        if (!isSum(terms, ours, actual) || !isSum(terms, right, it.expected())) {
            return "";
        }
        return IntStream.range(0, ours.length)
                .filter(term -> Math.abs(ours[term] - right[term]) > 1e-3)
                .mapToObj(term -> names.get(term) + " is " + (Math.abs(ours[term]) < 1e-3 ? "not added" : "added")
                        + times(ours[term]) + (Math.abs(right[term]) < 1e-3 ? ", and should not be" : ""))
                .collect(Collectors.joining("; "));
    }

    private boolean isSum(List<double[]> terms, double[] times, double[] sum) {
        return it.elements()
                .allMatch(i -> Math.abs(sum[i]
                                - IntStream.range(0, times.length)
                                        .mapToDouble(term -> times[term] * terms.get(term)[i])
                                        .sum())
                        <= it.bound());
    }

    private static String times(double count) {
        long whole = Math.round(count);
        return Math.abs(count - 1) < 1e-3 || Math.abs(count) < 1e-3
                ? ""
                : String.format(Locale.ROOT, Math.abs(count - whole) < 1e-3 ? " %.0f times" : " %.4g times", count);
    }
}
