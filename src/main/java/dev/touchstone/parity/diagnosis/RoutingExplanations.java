package dev.touchstone.parity.diagnosis;

import dev.touchstone.model.Router;
import dev.touchstone.model.Router.Scores;
import dev.touchstone.parity.choices.RouterFunctions;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Explains wrong tensors of a router: the chosen experts and their weights. */
record RoutingExplanations(Difference difference, Context context) {
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
            guesses.put(
                    all.getKey() + ", divided by the sum of the chosen ones",
                    RouterFunctions.normalized(picked, difference.columns()));
            double[] powers = Arrays.stream(picked).map(Math::exp).toArray();
            guesses.put(
                    all.getKey() + ", then a softmax over the chosen ones",
                    RouterFunctions.normalized(powers, difference.columns()));
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

    private static String name(Scores scores) {
        return switch (scores) {
            case LOGITS -> "the logits";
            case SOFTMAX -> "the softmax over all experts";
            case SIGMOID -> "the sigmoids of the logits";
        };
    }

    /** What the logits may become, for all experts of each token. */
    private Map<String, double[]> functions(double[] logits) {
        int E = logits.length / difference.rows();
        Map<String, double[]> functions = new LinkedHashMap<>();
        for (Scores scores : List.of(Scores.SOFTMAX, Scores.SIGMOID, Scores.LOGITS)) {
            functions.put(name(scores), RouterFunctions.scores(scores, logits, E));
        }
        return functions;
    }

    private double[] picked(double[] all, double[] chosen) {
        int E = all.length / difference.rows();
        int K = difference.columns();
        return IntStream.range(0, chosen.length)
                .mapToDouble(i -> all[i / K * E + (int) chosen[i]])
                .toArray();
    }
}
