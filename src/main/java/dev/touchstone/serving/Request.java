package dev.touchstone.serving;

import dev.touchstone.generation.Settings;
import java.util.Objects;

/**
 * A prompt, and what is to be computed for it.
 *
 * @param client the unit of fairness: clients that wait get equal shares, however many requests each has
 * @param prompt the token ids, at least one. (S)
 * @param settings how to choose tokens and when to stop. With 0 new tokens only the wanted outputs of the prompt are computed
 * @param wanted what the listener gets besides the new tokens
 */
public record Request(String client, int[] prompt, Settings settings, Wanted wanted) {
    /** Outputs of the prompt. */
    public enum Wanted {
        /** The new tokens only. */
        TOKENS,
        /** Also the logits after each prompt token, see {@link Listener#onPromptLogits}. */
        PROMPT_LOGITS,
        /** Also the hidden state of each prompt token, see {@link Listener#onHiddenState}. */
        HIDDEN_STATES
    }

    public Request {
        Objects.requireNonNull(client, "client");
        Objects.requireNonNull(settings, "settings");
        Objects.requireNonNull(wanted, "wanted");
        prompt = prompt.clone();
    }

    /** A request for new tokens only. */
    public Request(String client, int[] prompt, Settings settings) {
        this(client, prompt, settings, Wanted.TOKENS);
    }
}
