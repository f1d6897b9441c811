package dev.touchstone.cli;

import dev.touchstone.generation.Step;
import dev.touchstone.generation.processors.Probabilities;
import dev.touchstone.tokenizer.TokenText;
import dev.touchstone.tokenizer.Tokenizer;
import java.util.Comparator;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Prints a line for each step: the token, its probability, and the next most likely tokens. */
record StepPrinter(Console console, Tokenizer tokenizer) implements Consumer<Step> {
    private static final int OTHERS = 3;

    @Override
    public void accept(Step step) {
        if (step.index() == 0) {
            console.print(String.format(
                    "%4s %7s  %-16s %11s  %s%n", "step", "id", "token", "probability", "next most likely"));
        }
        double[] probabilities = Probabilities.softmax(step.scores());
        String others = IntStream.range(0, probabilities.length)
                .filter(id -> id != step.id())
                .boxed()
                .sorted(Comparator.comparing(id -> -probabilities[id]))
                .limit(OTHERS)
                .map(id -> TokenText.quoted(tokenizer, id) + " " + percent(probabilities[id]))
                .collect(Collectors.joining(", "));
        console.print(String.format(
                "%4d %7d  %-16s %11s  %s%n",
                step.index() + 1,
                step.id(),
                TokenText.quoted(tokenizer, step.id()),
                percent(probabilities[step.id()]),
                others));
    }

    private static String percent(double probability) {
        return String.format(Locale.ROOT, "%.2f%%", 100 * probability);
    }
}
