package dev.touchstone.cli;

import dev.touchstone.LanguageModel;
import dev.touchstone.Sampling;
import dev.touchstone.generation.Generation;
import java.util.List;
import java.util.function.Consumer;

/**
 * Continues prompts a few at a time, and passes the lines of the output on in the order of the prompts.
 *
 * @param size the largest number of prompts in a forward pass
 */
record BatchRun(LanguageModel model, Sampling sampling, int size) {
    /** Skips the first {@code done} prompts. Returns the number of generated tokens. */
    int from(int done, List<BatchPrompt> prompts, Consumer<String> answers) {
        int tokens = 0;
        for (int next = done; next < prompts.size(); next += size) {
            List<BatchPrompt> batch = prompts.subList(next, Math.min(next + size, prompts.size()));
            List<int[]> ids = batch.stream().map(BatchPrompt::ids).toList();
            List<Generation> made = model.start(ids, sampling).runAll(step -> {});
            for (int i = 0; i < made.size(); i++) {
                answers.accept(batch.get(i).answer(made.get(i)));
                tokens += made.get(i).ids().length;
            }
        }
        return tokens;
    }
}
