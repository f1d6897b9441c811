package dev.touchstone.generation;

import java.util.List;
import java.util.function.Consumer;

/** A generation in progress. Each call of {@link #advance} runs one forward pass. */
public interface Decoding {
    /** Whether every sequence has ended. */
    boolean isFinished();

    /**
     * Runs one forward pass and passes each new token to {@code onStep}: one for each unfinished sequence, several if drafts were
     * accepted, none during beam search, whose text is not known before the end. Does nothing if all sequences have ended.
     */
    void advance(Consumer<Step> onStep);

    /**
     * The texts so far, in the order of the prompts. A sequence that has not ended has {@link FinishReason#CANCELLED} and the
     * text of its steps so far.
     */
    List<Generation> results();

    /** Runs to the end. Returns the texts, in the order of the prompts. */
    default List<Generation> finish(Consumer<Step> onStep) {
        while (!isFinished()) {
            advance(onStep);
        }
        return results();
    }
}
