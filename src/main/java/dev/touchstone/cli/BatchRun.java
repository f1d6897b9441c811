package dev.touchstone.cli;

import dev.touchstone.generation.Generation;
import dev.touchstone.generation.Generator;
import dev.touchstone.generation.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * Continues prompts a few at a time, and hands over the answers in the prompts' order.
 *
 * @param settings for a prompt of so many tokens
 * @param size how many prompts at most share a pass
 */
record BatchRun(Generator generator, IntFunction<Settings> settings, int size) {
    /** Skips the first {@code done} prompts. Returns how many tokens were made. */
    int from(int done, List<BatchPrompt> prompts, Consumer<String> answers) {
        int tokens = 0;
        for (int next = done; next < prompts.size(); ) {
            List<BatchPrompt> batch = batch(prompts, next);
            List<int[]> ids = batch.stream().map(BatchPrompt::ids).toList();
            List<Generation> made = generator.generate(ids, settings.apply(ids.get(0).length), step -> {});
            for (int i = 0; i < made.size(); i++) {
                answers.accept(batch.get(i).answer(made.get(i)));
                tokens += made.get(i).ids().length;
            }
            next += batch.size();
        }
        return tokens;
    }

    /** The next few that may make equally many tokens, as near the end of the context they may not. */
    private List<BatchPrompt> batch(List<BatchPrompt> prompts, int first) {
        List<BatchPrompt> batch = new ArrayList<>();
        for (BatchPrompt prompt : prompts.subList(first, first + Math.min(size, prompts.size() - first))) {
            if (!batch.isEmpty() && mayMake(prompt) != mayMake(batch.get(0))) {
                break;
            }
            batch.add(prompt);
        }
        return batch;
    }

    private int mayMake(BatchPrompt prompt) {
        return settings.apply(prompt.ids().length).maxNewTokens();
    }
}
