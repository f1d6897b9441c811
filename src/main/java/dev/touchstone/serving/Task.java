package dev.touchstone.serving;

import dev.touchstone.generation.Sequence;
import dev.touchstone.model.KvCache;
import dev.touchstone.serving.Request.Wanted;
import dev.touchstone.tokenizer.Tokenizer;

/** A request in progress. */
final class Task implements Ticket {
    private final Request request;
    private final Listener listener;
    private final Sequence sequence;
    private volatile boolean cancelled;
    private boolean ended;
    /** The keys and values of the tokens that are computed; null while the task waits. */
    private KvCache cache;
    /** How many prompt tokens the listener has got the outputs of. */
    private int reported;

    Task(Request request, Listener listener, Tokenizer tokenizer) {
        this.request = request;
        this.listener = listener;
        this.sequence = new Sequence(0, request.prompt(), request.settings(), tokenizer);
    }

    @Override
    public void cancel() {
        cancelled = true;
    }

    boolean isCancelled() {
        return cancelled;
    }

    Request request() {
        return request;
    }

    Listener listener() {
        return listener;
    }

    Sequence sequence() {
        return sequence;
    }

    KvCache cache() {
        return cache;
    }

    void run(KvCache cache) {
        this.cache = cache;
    }

    /** Whether outputs of the prompt are still to be computed. */
    boolean needsPromptOutputs() {
        return request.wanted() != Wanted.TOKENS && reported < request.prompt().length;
    }

    /** Passes the outputs of the prompt token at {@code position} on. (C), (V) */
    void report(int position, float[] hidden, float[] logits) {
        if (request.wanted() == Wanted.PROMPT_LOGITS) {
            listener.onPromptLogits(position, logits);
        } else {
            listener.onHiddenState(position, hidden);
        }
        reported = position + 1;
    }

    /** Whether nothing is left to compute. */
    boolean isComplete() {
        return sequence.finished() && !needsPromptOutputs();
    }
}
