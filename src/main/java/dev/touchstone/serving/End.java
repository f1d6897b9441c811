package dev.touchstone.serving;

import dev.touchstone.generation.Generation;
import dev.touchstone.util.TouchstoneException;

/**
 * The end of a request.
 *
 * @param generation the text so far; its finish reason is {@code CANCELLED} unless the outcome is {@link Outcome#FINISHED}
 * @param failure why the text did not end by itself, if {@code outcome} is {@link Outcome#FAILED} or {@link Outcome#DRAINED};
 *     else null
 */
public record End(Outcome outcome, Generation generation, Throwable failure) {
    /** How a request ends. */
    public enum Outcome {
        /** By a stop string, an end-of-text token or the limit on new tokens. */
        FINISHED,
        /** By {@link Ticket#cancel}. */
        CANCELLED,
        /** By an exception or error of the forward pass, of a logits processor or of the listener. */
        FAILED,
        /** By the end of the grace period of {@link Engine#drain}. */
        DRAINED
    }

    static End finished(Generation generation) {
        return new End(Outcome.FINISHED, generation, null);
    }

    static End cancelled(Generation generation) {
        return new End(Outcome.CANCELLED, generation, null);
    }

    static End failed(Generation generation, Throwable failure) {
        return new End(Outcome.FAILED, generation, failure);
    }

    static End drained(Generation generation) {
        return new End(
                Outcome.DRAINED,
                generation,
                new TouchstoneException("the engine stopped before the text was complete"));
    }
}
