package dev.touchstone.parity;

import dev.touchstone.kernels.Activation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * What an operation that is wrong has done instead, found by doing what people do by mistake to the input that it had. Each is
 * empty where that does not give the wrong numbers.
 *
 * @param inputs the tensors before this one by name, or null where there is none of that name
 */
record Explanations(Difference it, Function<String, double[]> inputs) {
    private static final Map<String, DoubleUnaryOperator> ACTIVATIONS = new TreeMap<>(Map.of(
            "ReLU", x -> Activation.RELU.of((float) x),
            "the GELU with erf", x -> Activation.GELU.of((float) x),
            "the GELU with tanh, gelu_new", x -> Activation.GELU_NEW.of((float) x),
            "SiLU, x sigmoid(x)", x -> Activation.SILU.of((float) x),
            "quick GELU, x sigmoid(1.702 x)", x -> x / (1 + Math.exp(-1.702 * x)),
            "its own input: there is no activation", x -> x));

    /** The first that fits what is made at this tap. */
    String read() {
        String block = it.tap().replaceAll("(h\\.\\d+).*", "$1");
        return switch (it.point()) {
            case "act" -> activation();
            case "q", "k", "v", "scores", "probs" -> new AttentionExplanations(it, inputs).read();
            case "wpe" -> positions();
            case "drop" -> sum(List.of("wte", "wpe"), List.of());
            case "ln_1", "ln_f" -> new NormExplanations(it, List.of(stream(block)), inputs).read();
            case "ln_2" -> new NormExplanations(it, List.of(stream(block), block + ".attn"), inputs).read();
            default ->
                it.tap().equals(block)
                        ? sum(
                                List.of(stream(block), block + ".attn", block + ".mlp"),
                                List.of(block + ".ln_1", block + ".ln_2"))
                        : "";
        };
    }

    /** The name of the residual stream that a block, or the last norm, reads. */
    private String stream(String block) {
        int layer = 0;
        while (!block.equals("h." + layer) && inputs.apply("h." + layer) != null) {
            layer++;
        }
        return layer == 0 ? "drop" : "h." + (layer - 1);
    }

    private String activation() {
        double[] x = inputs.apply(it.tap().replace(".act", ".c_fc"));
        if (x == null || x.length != it.actual().length) {
            return "";
        }
        return ACTIVATIONS.entrySet().stream()
                .filter(other -> it.is(Arrays.stream(x).map(other.getValue()).toArray()))
                .findFirst()
                .map(other -> "this is " + other.getKey())
                .orElseGet(() -> gelu(x));
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

    /** Which terms a sum has, each how often: {@code right} once, {@code wrong} not at all. */
    private String sum(List<String> right, List<String> wrong) {
        List<String> names = new ArrayList<>(right);
        names.addAll(wrong);
        names.removeIf(name -> inputs.apply(name) == null);
        List<double[]> terms = names.stream().map(inputs).toList();
        double[] actual = it.elements().mapToDouble(i -> it.actual()[i]).toArray();
        int[] all = it.elements().toArray();
        if (!names.containsAll(right) || terms.stream().anyMatch(term -> term.length != all.length)) {
            return "";
        }
        double[] times = LeastSquares.fit(terms, actual, all);
        if (!it.is(it.elements()
                .mapToDouble(i -> IntStream.range(0, times.length)
                        .mapToDouble(term -> times[term] * terms.get(term)[i])
                        .sum())
                .toArray())) {
            return "";
        }
        List<String> odd = new ArrayList<>();
        for (int term = 0; term < times.length; term++) {
            boolean belongs = right.contains(names.get(term));
            if (Math.abs(times[term] - (belongs ? 1 : 0)) > 1e-3) {
                String count = Math.abs(times[term]) < 1e-3 ? "is not added" : "is added" + times(times[term]);
                odd.add(names.get(term) + " " + count + (belongs ? "" : ", and should not be"));
            }
        }
        return String.join("; ", odd);
    }

    private static String times(double count) {
        long whole = Math.round(count);
        return Math.abs(count - 1) < 1e-3
                ? ""
                : String.format(Locale.ROOT, Math.abs(count - whole) < 1e-3 ? " %.0f times" : " %.4g times", count);
    }
}
