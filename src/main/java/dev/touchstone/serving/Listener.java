package dev.touchstone.serving;

import dev.touchstone.generation.Step;

/**
 * Receives the results of one request, on the engine's thread, so its methods must return at once. If one throws, its own request
 * fails and no other. The arrays are not used by the engine afterwards and may be kept.
 */
public interface Listener {
    /**
     * The logits after a prompt token; called for each position in order, before the first {@link #onStep}.
     *
     * @param position the index of the token in the prompt
     * @param logits the logits of the token that follows. (V)
     */
    default void onPromptLogits(int position, float[] logits) {}

    /**
     * The hidden state of a prompt token: the output of the final norm, from which the logits are computed. Called for each
     * position in order, before the first {@link #onStep}.
     *
     * @param hidden (C)
     */
    default void onHiddenState(int position, float[] hidden) {}

    /** A new token, as {@code generate} returns it. */
    default void onStep(Step step) {}

    /** The end of the request. Called exactly once for each accepted request, and last. */
    void onEnd(End end);
}
