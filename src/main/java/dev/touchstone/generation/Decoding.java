package dev.touchstone.generation;

import java.util.List;
import java.util.function.Consumer;

/** A generation in progress, which its caller drives: one forward pass of the model for each {@link #advance}. */
public interface Decoding {
    /** Whether every sequence has ended. */
    boolean isFinished();

    /**
     * Runs one forward pass and passes each token that it added to {@code onStep}: one for each unfinished sequence, several
     * if drafts were accepted, none during beam search, whose text is not known before the end. Does nothing when finished.
     */
    void advance(Consumer<Step> onStep);

    /**
     * The texts so far, in the order of the prompts. One that has not ended has {@link FinishReason#CANCELLED}, and the text
     * that its steps had.
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
