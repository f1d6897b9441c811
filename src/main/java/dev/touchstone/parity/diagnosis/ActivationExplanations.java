package dev.touchstone.parity.diagnosis;

import dev.touchstone.kernels.Activation;
import dev.touchstone.model.MixtureOfExperts;
import dev.touchstone.model.Mlp;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;

/** Explains the wrong output of an activation function: another function, other constants, or another input. (T, I) */
record ActivationExplanations(Difference difference, Context context) {
    private static final Map<String, DoubleUnaryOperator> FUNCTIONS = new TreeMap<>(Map.of(
            "ReLU", x -> Activation.RELU.of((float) x),
            "GELU with erf", x -> Activation.GELU.of((float) x),
            "GELU with tanh, gelu_new", x -> Activation.GELU_NEW.of((float) x),
            "SiLU, x sigmoid(x)", x -> Activation.SILU.of((float) x),
            "quick GELU, x sigmoid(1.702 x)", x -> x / (1 + Math.exp(-1.702 * x)),
            "missing: the tap equals its input", x -> x));

    String read() {
        double[] x = context.of(context.tap().inputs().get(0));
        double[] up = null;
        if (context.tap().owner() instanceof Mlp.GatedFused && x != null) {
            up = half(x, 1);
            x = half(x, 0);
        }
        if (x == null || x.length != difference.actual().length) {
            return "";
        }
        String upTap = up(context.tap().owner());
        if (upTap != null && isOf(context.of(upTap), x)) {
            return "its input is " + upTap + ": gate and up projection are swapped";
        }
        if (up != null && isOf(up, x)) {
            return "its input is the second half of the columns: gate and up projection are swapped";
        }
        if (context.tap().owner() instanceof MixtureOfExperts mixture
                && mixture.experts().limit() > 0
                && difference.is(apply(z -> mixture.activation().function().of((float) z), x))) {
            return "the input is not limited to at most " + mixture.experts().limit();
        }
        return function(x);
    }

    private String function(double[] x) {
        return FUNCTIONS.entrySet().stream()
                .filter(function -> difference.is(apply(function.getValue(), x)))
                .findFirst()
                .map(function -> "the activation is " + function.getKey())
                .orElseGet(() -> gelu(x));
    }

    /** The tap of the up projection; null if the MLP is not gated. */
    private static String up(Record owner) {
        return owner instanceof MixtureOfExperts mixture
                ? mixture.experts().up().name()
                : owner instanceof Mlp.Gated gated ? gated.up().name() : null;
    }

    /** The first or the second half of the columns of a fused projection. */
    private double[] half(double[] fused, int half) {
        int columns = difference.columns();
        return IntStream.range(0, fused.length / 2)
                .mapToDouble(i -> fused[i / columns * 2 * columns + half * columns + i % columns])
                .toArray();
    }

    /** Whether the right function was applied to another input. */
    private boolean isOf(double[] other, double[] x) {
        return other != null
                && FUNCTIONS.values().stream().anyMatch(f -> difference.is(apply(f, other)) && isRight(f, x));
    }

    private static double[] apply(DoubleUnaryOperator function, double[] x) {
        return Arrays.stream(x).map(function).toArray();
    }

    private boolean isRight(DoubleUnaryOperator function, double[] x) {
        return difference
                .elements()
                .allMatch(
                        i -> Math.abs(function.applyAsDouble(x[i]) - difference.expected()[i]) <= difference.bound());
    }

    /** {@code x / 2 (1 + tanh(a x + b x³))} with other constants. */
    private String gelu(double[] x) {
        double[] inner = new double[x.length];
        int[] invertible = IntStream.range(0, x.length)
                .filter(i -> Math.abs(x[i]) > 0.1 && Math.abs(2 * difference.actual()[i] / x[i] - 1) < 0.95)
                .toArray();
        for (int i : invertible) {
            double tanh = 2 * difference.actual()[i] / x[i] - 1;
            inner[i] = Math.log((1 + tanh) / (1 - tanh)) / 2;
        }
        double[] cubes = Arrays.stream(x).map(value -> value * value * value).toArray();
        double[] fit = invertible.length < 8 ? new double[2] : LeastSquares.fit(List.of(x, cubes), inner, invertible);
        boolean fits = difference.is(IntStream.range(0, x.length)
                .mapToDouble(i -> x[i] / 2 * (1 + Math.tanh(fit[0] * x[i] + fit[1] * cubes[i])))
                .toArray());
        return fits
                ? String.format(
                        Locale.ROOT,
                        "the activation is a GELU with other constants, tanh(%.4g x + %.4g x^3); gelu_new has 0.7979 and"
                                + " 0.03568",
                        fit[0],
                        fit[1])
                : "the activation is another GELU or an approximation of it: check its constants, and where it saturates";
    }
}
