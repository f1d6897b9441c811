package dev.touchstone.cli;

import dev.touchstone.LanguageModel;
import dev.touchstone.Sampling;
import dev.touchstone.generation.Generation;
import dev.touchstone.generation.Settings;
import dev.touchstone.serving.End;
import dev.touchstone.serving.Engine;
import dev.touchstone.serving.Limits;
import dev.touchstone.serving.Listener;
import dev.touchstone.serving.Request;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/**
 * Continues prompts together, and passes the lines of the output on in the order of the prompts. The next prompt begins as soon as
 * one has ended.
 *
 * @param size the largest number of prompts in a forward pass
 * @param cache without a cache, prompts are continued one by one
 */
record BatchRun(LanguageModel model, Sampling sampling, int size, boolean cache) {
    /** How many times {@link #size} prompts may be ahead of the first that has not ended. Their texts are kept in memory. */
    private static final int AHEAD = 8;

    /** Skips the first {@code done} prompts. Returns the number of generated tokens. */
    int from(int done, List<BatchPrompt> prompts, Consumer<String> answers) {
        List<BatchPrompt> left = prompts.subList(done, prompts.size());
        return cache ? together(left, answers) : oneByOne(left, answers);
    }

    private int oneByOne(List<BatchPrompt> prompts, Consumer<String> answers) {
        int tokens = 0;
        for (BatchPrompt prompt : prompts) {
            Generation made = model.start(prompt.ids(), sampling).run(step -> {});
            answers.accept(prompt.answer(made));
            tokens += made.ids().length;
        }
        return tokens;
    }

    private int together(List<BatchPrompt> prompts, Consumer<String> answers) {
        int tokens = 0;
        try (Engine engine = model.engine(limits(prompts))) {
            Deque<Ending> ahead = new ArrayDeque<>();
            Iterator<BatchPrompt> next = prompts.iterator();
            while (next.hasNext() || !ahead.isEmpty()) {
                while (next.hasNext() && ahead.size() < AHEAD * size) {
                    ahead.add(submit(next.next(), engine));
                }
                Ending first = ahead.remove();
                Generation made = first.await();
                answers.accept(first.prompt.answer(made));
                tokens += made.ids().length;
            }
        }
        return tokens;
    }

    private Ending submit(BatchPrompt prompt, Engine engine) {
        Ending ending = new Ending(prompt);
        engine.submit(new Request("batch", prompt.ids(), model.settings(prompt.ids(), sampling)), ending);
        return ending;
    }

    private Limits limits(List<BatchPrompt> prompts) {
        int longest = 0;
        for (BatchPrompt prompt : prompts) {
            Settings settings = model.settings(prompt.ids(), sampling);
            longest = (int) Math.max(
                    longest,
                    Math.min(
                            (long) prompt.ids().length + settings.maxNewTokens(),
                            settings.window().positions()));
        }
        Limits limits = Limits.defaults();
        return limits.withStepTokens(Math.max(size, limits.stepTokens()))
                .withRunning(size)
                .withQueued(AHEAD * size)
                .withRoomFor(longest, model.transformer());
    }

    /** The text of a prompt, when it is complete. */
    private static final class Ending implements Listener {
        private final BatchPrompt prompt;
        private final CompletableFuture<End> end = new CompletableFuture<>();

        Ending(BatchPrompt prompt) {
            this.prompt = prompt;
        }

        @Override
        public void onEnd(End end) {
            this.end.complete(end);
        }

        /** Waits for the text; throws what the generation threw. */
        Generation await() {
            End reached = end.join();
            if (reached.failure() instanceof RuntimeException exception) {
                throw exception;
            }
            if (reached.failure() instanceof Error error) {
                throw error;
            }
            if (reached.failure() != null) {
                throw new CompletionException(reached.failure());
            }
            return reached.generation();
        }
    }
}
