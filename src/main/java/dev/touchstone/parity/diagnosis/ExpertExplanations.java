package dev.touchstone.parity.diagnosis;

import dev.touchstone.model.Experts;
import dev.touchstone.model.MixtureOfExperts;
import dev.touchstone.model.Router;
import dev.touchstone.tensor.Matrix;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/** Explains wrong tensors of a mixture of experts: the choice, the weights, the weighted sum, and the sum with the shared expert. */
record ExpertExplanations(Difference difference, Context context) {
    private static final String SOFTMAX = "the softmax over all experts";
    private static final String SIGMOID = "the sigmoids of the logits";
    private static final String LOGITS = "the logits";

    /** The chosen experts, from the router logits. (T, K) */
    String choice() {
        double[] logits = context.of(context.tap().inputs().get(0));
        int K = difference.columns();
        int E = logits == null ? 0 : logits.length / difference.rows();
        if (E < K) {
            return "";
        }
        if (difference.is(smallest(logits, E))) {
            return "the experts are those with the smallest logits, should be those with the largest";
        }
        Router router = (Router) context.tap().layer();
        Map<String, double[]> functions = new LinkedHashMap<>();
        functions.put("the scores of the model", functions(logits).get(name(router.scores())));
        functions.putAll(functions(logits));
        String choice = new ChoiceExplanations(difference, router.choice(), functions).read();
        return choice.isEmpty() && onlyEqual(logits, E) ? "of experts with equal logits, others are chosen" : choice;
    }

    /** Whether the chosen experts of each token have the right logits. */
    private boolean onlyEqual(double[] logits, int E) {
        int K = difference.columns();
        return IntStream.range(0, difference.rows()).allMatch(token -> {
            double[] ours = new double[K];
            double[] right = new double[K];
            for (int k = 0; k < K; k++) {
                float expert = difference.actual()[token * K + k];
                ours[k] = expert >= 0 && expert < E ? logits[token * E + (int) expert] : Double.NaN;
                right[k] = logits[token * E + (int) difference.expected()[token * K + k]];
            }
            Arrays.sort(ours);
            Arrays.sort(right);
            return Arrays.equals(ours, right);
        });
    }

    /** The experts of each token with the smallest logits, in ascending order. */
    private double[] smallest(double[] logits, int E) {
        int K = difference.columns();
        return IntStream.range(0, difference.rows())
                .boxed()
                .flatMapToDouble(token -> IntStream.range(0, E)
                        .boxed()
                        .sorted(Comparator.comparingDouble(expert -> logits[token * E + expert]))
                        .limit(K)
                        .sorted()
                        .mapToDouble(Integer::doubleValue))
                .toArray();
    }

    /** The weights of the chosen experts, from the router logits: another function, normalized or not. (T, K) */
    String weights() {
        double[] logits = context.of(context.tap().inputs().get(0));
        double[] chosen = context.of(context.tap().inputs().get(1));
        if (logits == null || chosen == null || chosen.length != difference.expected().length) {
            return "";
        }
        double factor = ((Router) context.tap().layer()).weighting().factor();
        Map<String, double[]> guesses = new LinkedHashMap<>();
        for (Map.Entry<String, double[]> all : withBias(functions(logits)).entrySet()) {
            double[] picked = picked(all.getValue(), chosen);
            guesses.put(all.getKey(), picked);
            guesses.put(all.getKey() + ", divided by the sum of the chosen ones", normalized(picked));
            double[] powers = Arrays.stream(picked).map(Math::exp).toArray();
            guesses.put(all.getKey() + ", then a softmax over the chosen ones", normalized(powers));
        }
        String ours =
                name(guesses, Arrays.stream(doubles()).map(x -> x / factor).toArray());
        String right = name(
                guesses,
                Arrays.stream(difference.expected()).map(x -> x / factor).toArray());
        String unscaled = factor == 1 ? "" : name(guesses, doubles());
        return !ours.isEmpty() && !right.isEmpty() && !ours.equals(right)
                ? "the weights are " + ours + "; should be " + right
                : !unscaled.isEmpty() && unscaled.equals(right)
                        ? "the weights are not multiplied by the factor " + factor
                        : order(right);
    }

    /** The functions, and each with the correction bias of the choice, if there is one. */
    private Map<String, double[]> withBias(Map<String, double[]> functions) {
        float[] bias = ((Router) context.tap().layer()).choice().bias();
        Map<String, double[]> all = new LinkedHashMap<>(functions);
        if (bias != null) {
            functions.forEach((name, values) -> all.put(
                    name + " plus the correction bias",
                    IntStream.range(0, values.length)
                            .mapToDouble(i -> values[i] + bias[i % bias.length])
                            .toArray()));
        }
        return all;
    }

    /** Weights of the right size at the wrong experts. */
    private String order(String right) {
        if (right.isEmpty()) {
            return "";
        }
        int K = difference.columns();
        boolean permuted = IntStream.range(0, difference.rows()).allMatch(token -> {
            double[] ours = Arrays.copyOfRange(doubles(), token * K, (token + 1) * K);
            double[] theirs = Arrays.copyOfRange(difference.expected(), token * K, (token + 1) * K);
            Arrays.sort(ours);
            Arrays.sort(theirs);
            return IntStream.range(0, K).allMatch(k -> Math.abs(ours[k] - theirs[k]) <= difference.bound());
        });
        return permuted ? "the weights of a token are in another order than its experts" : "";
    }

    private double[] doubles() {
        return difference.elements().mapToDouble(i -> difference.actual()[i]).toArray();
    }

    private String name(Map<String, double[]> guesses, double[] values) {
        return guesses.entrySet().stream()
                .filter(guess -> IntStream.range(0, values.length)
                        .allMatch(i -> Math.abs(values[i] - guess.getValue()[i]) <= 4 * difference.bound()))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("");
    }

    private static String name(Router.Scores scores) {
        return switch (scores) {
            case LOGITS -> LOGITS;
            case SOFTMAX -> SOFTMAX;
            case SIGMOID -> SIGMOID;
        };
    }

    /** What the logits may become, for all experts of each token. */
    private Map<String, double[]> functions(double[] logits) {
        int E = logits.length / difference.rows();
        Map<String, double[]> functions = new LinkedHashMap<>();
        double[] powers = IntStream.range(0, logits.length)
                .mapToDouble(i -> Math.exp(logits[i] - max(logits, i / E, E)))
                .toArray();
        double[] softmax = IntStream.range(0, logits.length)
                .mapToDouble(i -> powers[i] / sum(powers, i / E, E))
                .toArray();
        functions.put(SOFTMAX, softmax);
        functions.put(
                SIGMOID, Arrays.stream(logits).map(x -> 1 / (1 + Math.exp(-x))).toArray());
        functions.put(LOGITS, logits);
        return functions;
    }

    private static double max(double[] values, int row, int columns) {
        return Arrays.stream(values, row * columns, (row + 1) * columns).max().orElseThrow();
    }

    private static double sum(double[] values, int row, int columns) {
        return Arrays.stream(values, row * columns, (row + 1) * columns).sum();
    }

    private double[] picked(double[] all, double[] chosen) {
        int E = all.length / difference.rows();
        int K = difference.columns();
        return IntStream.range(0, chosen.length)
                .mapToDouble(i -> all[i / K * E + (int) chosen[i]])
                .toArray();
    }

    private double[] normalized(double[] picked) {
        int K = difference.columns();
        return IntStream.range(0, picked.length)
                .mapToDouble(i -> picked[i] / sum(picked, i / K, K))
                .toArray();
    }

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
        guesses.put(
                "the weights are divided by their sum, but should not be",
                sum(outputs, K, (token, k) -> weights[token * K + k] / sum(weights, token, K)));
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
