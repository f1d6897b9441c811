package dev.touchstone.parity.diagnosis;

import dev.touchstone.model.Experts;
import dev.touchstone.model.MixtureOfExperts;
import dev.touchstone.parity.choices.RouterFunctions;
import dev.touchstone.tensor.Matrix;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/** Explains wrong tensors of experts: their layers, the weighted sum, and the sum with the shared expert. */
record ExpertExplanations(Difference difference, Context context) {
    /** A layer of the experts: each slot may have the matrix of another expert. (T, K O) */
    String projection() {
        Experts.Projection layer = (Experts.Projection) context.tap().layer();
        Experts experts = ((MixtureOfExperts) context.tap().owner()).experts();
        double[] input = context.of(context.tap().inputs().get(0));
        double[] up = layer == experts.down() ? context.of(experts.up().name()) : null;
        if (input == null || layer == experts.down() && up == null) {
            return "";
        }
        if (hasNoBias(layer)) {
            return "the biases are missing";
        }
        boolean scaled = experts.scaleInputs() && layer != experts.down();
        if (scaled && isOfChosen(layer, input)) {
            return "the inputs of the experts are not multiplied by their weights";
        }
        if (scaled) {
            return "";
        }
        int slots = difference.tensor().size() / layer.weights().get(0).outputs();
        int slotsOfInput = input.length / layer.weights().get(0).inputs();
        for (int slot = 0; slot < slots; slot++) {
            int row = slot * slotsOfInput / slots;
            if (!isOfAnyExpert(layer, slot, row, up == null ? input : multiplied(input, up, experts.limit()))) {
                return "";
            }
        }
        return "tokens have the matrices of other experts than those that were chosen for them";
    }

    /** Whether the values are those of the chosen experts with this input. (T, C) */
    private boolean isOfChosen(Experts.Projection layer, double[] input) {
        double[] chosen =
                context.of(((MixtureOfExperts) context.tap().owner()).router().chosenTap());
        int O = layer.weights().get(0).outputs();
        int I = layer.weights().get(0).inputs();
        return chosen != null
                && difference.is(difference
                        .elements()
                        .mapToDouble(i -> {
                            Matrix weight = layer.weights().get((int) chosen[i / O]);
                            int row = i / difference.columns() * I;
                            return IntStream.range(0, I)
                                    .mapToDouble(c -> input[row + c] * weight.at(c, i % O))
                                    .sum();
                        })
                        .toArray());
    }

    /** Whether the right values without biases are ours. */
    private boolean hasNoBias(Experts.Projection layer) {
        double[] chosen =
                context.of(((MixtureOfExperts) context.tap().owner()).router().chosenTap());
        int O = layer.weights().get(0).outputs();
        return chosen != null
                && !layer.biases().isEmpty()
                && difference.is(difference
                        .elements()
                        .mapToDouble(
                                i -> difference.expected()[i] - layer.biases().get((int) chosen[i / O])[i % O])
                        .toArray());
    }

    private static double[] multiplied(double[] act, double[] up, float limit) {
        return IntStream.range(0, act.length)
                .mapToDouble(i -> act[i] * (limit > 0 ? 1 + Math.max(-limit, Math.min(limit, up[i])) : up[i]))
                .toArray();
    }

    private boolean isOfAnyExpert(Experts.Projection layer, int slot, int row, double[] input) {
        return IntStream.range(0, layer.weights().size()).anyMatch(expert -> {
            Matrix weight = layer.weights().get(expert);
            return IntStream.range(0, weight.outputs()).allMatch(o -> {
                double bias = layer.biases().isEmpty() ? 0 : layer.biases().get(expert)[o];
                double product = IntStream.range(0, weight.inputs())
                        .mapToDouble(i -> input[row * weight.inputs() + i] * weight.at(i, o))
                        .sum();
                double ours = difference.actual()[slot * weight.outputs() + o];
                return Math.abs(ours - product - bias) <= difference.bound();
            });
        });
    }

    /** The weighted sum: the weights are missing, or applied to the wrong experts. (T, C) */
    String sum() {
        Experts experts = (Experts) context.tap().layer();
        double[] outputs = context.of(experts.down().name());
        double[] weights = context.of(context.tap().inputs().get(1));
        if (outputs == null || weights == null) {
            return "";
        }
        int K = weights.length / difference.rows();
        Map<String, double[]> guesses = new LinkedHashMap<>();
        if (experts.scaleInputs()) {
            guesses.put(
                    "the outputs of the experts are multiplied by their weights, as their inputs were before",
                    sum(outputs, K, (token, k) -> weights[token * K + k]));
        }
        guesses.put("the outputs of the experts are added without weights", sum(outputs, K, (token, k) -> 1));
        guesses.put(
                "the outputs of the experts are averaged, their weights are ignored",
                sum(outputs, K, (token, k) -> 1.0 / K));
        guesses.put(
                "the weights of a token's experts are in reverse order",
                sum(outputs, K, (token, k) -> weights[token * K + K - 1 - k]));
        double[] normalized = RouterFunctions.normalized(weights, K);
        guesses.put(
                "the weights are divided by their sum, but should not be",
                sum(outputs, K, (token, k) -> normalized[token * K + k]));
        return guesses.entrySet().stream()
                .filter(guess -> difference.is(guess.getValue()))
                .findFirst()
                .map(Map.Entry::getKey)
                .orElse("");
    }

    /** The weight of the k-th expert of a token. */
    private interface Weights {
        double of(int token, int k);
    }

    private double[] sum(double[] outputs, int K, Weights weights) {
        int C = difference.columns();
        return difference
                .elements()
                .mapToDouble(i -> IntStream.range(0, K)
                        .mapToDouble(k -> weights.of(i / C, k) * outputs[(i / C * K + k) * C + i % C])
                        .sum())
                .toArray();
    }

    /** The output of the mixture: the shared expert is missing or not gated. (T, C) */
    String mixture() {
        MixtureOfExperts mixture = (MixtureOfExperts) context.tap().layer();
        double[] routed = context.of(mixture.experts().name());
        if (mixture.shared() == null || routed == null) {
            return "";
        }
        double[] shared = context.of(mixture.shared().mlp().tap());
        double[] logits = mixture.shared().gate() == null
                ? null
                : context.of(mixture.shared().gate().name());
        if (shared == null) {
            return "";
        }
        Map<String, double[]> guesses = new LinkedHashMap<>();
        guesses.put("the shared expert is not added", routed);
        guesses.put("only the shared expert is added, without its gate", shared);
        guesses.put("the shared expert is added without its gate", added(routed, shared, token -> 1));
        double factor = mixture.router().weighting().factor();
        guesses.put("the shared expert is multiplied by the factor " + factor, added(routed, shared, token -> factor));
        if (logits != null) {
            guesses.put("the gate of the shared expert has no sigmoid", added(routed, shared, token -> logits[token]));
            guesses.put(
                    "only the shared expert is added",
                    added(new double[routed.length], shared, token -> 1 / (1 + Math.exp(-logits[token]))));
        }
        return guesses.entrySet().stream()
                .filter(guess -> difference.is(guess.getValue()))
                .findFirst()
                .map(Map.Entry::getKey)
                .orElse("");
    }

    private double[] added(double[] routed, double[] shared, IntToDoubleFunction gate) {
        int C = difference.columns();
        return IntStream.range(0, routed.length)
                .mapToDouble(i -> routed[i] + gate.applyAsDouble(i / C) * shared[i])
                .toArray();
    }
}
