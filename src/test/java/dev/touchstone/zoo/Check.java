package dev.touchstone.zoo;

import dev.touchstone.util.TouchstoneException;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A named check that can be run on a correct object and on one with a bug.
 *
 * @param name a sentence that is true of the correct object
 * @param assertion throws if it is not true
 */
public record Check<S>(String name, Consumer<S> assertion) {
    private static final int LONGEST = 160;

    /**
     * The message of the check if it fails; empty if it passes. The check fails with an {@link AssertionError} or a
     * {@link TouchstoneException}.
     *
     * @throws RuntimeException any other exception of the check or of the subject; it does not show that a bug was detected
     */
    Optional<String> failure(S subject) {
        try {
            assertion.accept(subject);
            return Optional.empty();
        } catch (AssertionError | TouchstoneException e) {
            String message = String.valueOf(e.getMessage()).strip().replaceAll("\\s+", " ");
            return Optional.of(message.length() <= LONGEST ? message : message.substring(0, LONGEST) + "…");
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
