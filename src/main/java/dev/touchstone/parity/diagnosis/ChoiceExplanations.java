package dev.touchstone.parity.diagnosis;

import dev.touchstone.model.ExpertChoice;
import dev.touchstone.model.ExpertGroups;
import dev.touchstone.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Explains a wrong choice of experts by groups, a correction bias or scores other than the model's. (T, K)
 *
 * @param choice the right one
 * @param functions what the logits may become, with the model's first. (T, E)
 */
record ChoiceExplanations(Difference difference, ExpertChoice choice, Map<String, double[]> functions) {
    String read() {
        double[] scores = functions.values().iterator().next();
        int count = choice.count();
        ExpertGroups groups = choice.groups();
        Map<String, double[]> guesses = new LinkedHashMap<>();
        if (choice.bias() != null) {
            guesses.put(
                    "the correction bias is not added to the scores",
                    chosen(new ExpertChoice(count, null, groups), scores));
        }
        if (groups != null) {
            guesses.put(
                    "experts of all groups are considered, should be those of the best " + groups.chosen(),
                    chosen(new ExpertChoice(count, choice.bias(), null), scores));
            ExpertGroups other = new ExpertGroups(groups.count(), groups.chosen(), 3 - groups.best(), groups.masked());
            guesses.put(
                    "the score of a group is the sum of its best " + other.best() + ", should be of its best "
                            + groups.best(),
                    chosen(new ExpertChoice(count, choice.bias(), other), scores));
        }
        functions.forEach((name, values) -> guesses.put("experts are chosen by " + name, chosen(choice, values)));
        return guesses.entrySet().stream()
                .filter(guess -> difference.is(guess.getValue()))
                .findFirst()
                .map(Map.Entry::getKey)
                .orElse("");
    }

    private double[] chosen(ExpertChoice other, double[] scores) {
        float[] rounded = new float[scores.length];
        IntStream.range(0, scores.length).forEach(i -> rounded[i] = (float) scores[i]);
        Tensor experts = other.of(Tensor.of(rounded, difference.rows(), scores.length / difference.rows()));
        return IntStream.range(0, experts.size())
                .mapToDouble(i -> experts.data()[i])
                .toArray();
    }
}
