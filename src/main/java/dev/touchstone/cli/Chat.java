package dev.touchstone.cli;

import dev.touchstone.checkpoint.LoadedModel;
import dev.touchstone.generation.Executor;
import dev.touchstone.generation.Settings;
import dev.touchstone.generation.Step;

/** A conversation of a person and a model, or a text that they write in turns. */
final class Chat {
    /** Someone has heard enough. */
    private static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Stopped() {
            super(null, null, false, false);
        }
    }

    private final LoadedModel model;
    private final Way way;
    private final ChatSettings settings;
    private final Console console;
    private final Conversation conversation;
    private volatile boolean stopped;

    Chat(LoadedModel model, Executor executor, ChatSettings settings, Console console) {
        this.model = model;
        this.way = Way.plain(model, executor);
        this.settings = settings;
        this.console = console;
        this.conversation = Conversation.with(model);
    }

    void reset() {
        conversation.reset();
    }

    /** Ends the answer that is being made, if there is one; may be called from another thread. */
    void stop() {
        stopped = true;
    }

    /** Says a line and prints the answer; a line that cannot be used is not part of the conversation. */
    void answer(String line) {
        int[] ids = conversation.ids(line);
        GenerationOptions options = settings.options();
        Settings now = options.settings(model, ids.length);
        StringBuilder answer = new StringBuilder();
        StoryPrinter printer = new StoryPrinter(console, null);
        Stopwatch watch = new Stopwatch();
        stopped = false;
        try {
            way.generate(ids, now, step -> hear(step, answer, printer, watch));
        } catch (Stopped e) {
            // What was said so far is part of the conversation.
        }
        printer.end();
        conversation.add(line, answer.toString());
        console.note(watch + options.seedNote());
    }

    private void hear(Step step, StringBuilder answer, StoryPrinter printer, Stopwatch watch) {
        watch.token();
        answer.append(step.text());
        printer.accept(step);
        if (stopped) {
            throw new Stopped();
        }
    }
}
