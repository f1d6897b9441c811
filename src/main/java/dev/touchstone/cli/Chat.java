package dev.touchstone.cli;

import dev.touchstone.GenerationTask;
import dev.touchstone.LanguageModel;
import dev.touchstone.generation.Generation;

/** A chat: answers lines with a model. */
final class Chat {
    private final LanguageModel model;
    private final ComputeOptions compute;
    private final ChatSettings settings;
    private final Console console;
    private final Conversation conversation;
    /** The answer that is being generated; null between answers. */
    private volatile GenerationTask current;

    /** @param conversation what was said before, if anything */
    Chat(
            LanguageModel model,
            ComputeOptions compute,
            ChatSettings settings,
            Conversation conversation,
            Console console) {
        this.model = model;
        this.compute = compute;
        this.settings = settings;
        this.console = console;
        this.conversation = conversation;
    }

    /** Ends the answer that is being generated, if there is one; may be called from another thread. */
    void stop() {
        GenerationTask task = current;
        if (task != null) {
            task.cancel();
        }
    }

    /**
     * Prints the answer to a line. A line that cannot be used does not become part of the conversation.
     *
     * @param columns the width at which the answer is wrapped; 0 if it is not
     */
    void answer(String line, int columns) {
        GenerationOptions options = settings.options();
        GenerationTask task = model.start(conversation.ids(line), compute.apply(options.sampling(model)));
        StoryPrinter printer = new StoryPrinter(console, null, columns);
        Stopwatch watch = new Stopwatch();
        current = task;
        Generation answer;
        try {
            answer = task.run(step -> {
                watch.token();
                printer.accept(step);
            });
        } finally {
            current = null;
        }
        printer.end();
        conversation.add(line, answer.text());
        console.note(watch + options.seedNote());
    }
}
