package dev.touchstone.zoo;

import java.util.Optional;
import java.util.function.Consumer;

/**
 * A named check that can be run on the correct subject and on one with a bug.
 *
 * @param name a sentence that is true of the correct subject
 * @param assertion throws if it is not true
 */
public record Check<S>(String name, Consumer<S> assertion) {
    private static final int LONGEST = 160;

    /** What the check says of a subject that is wrong; nothing if it notices nothing. */
    Optional<String> failure(S subject) {
        try {
            assertion.accept(subject);
            return Optional.empty();
        } catch (AssertionError | RuntimeException e) {
            String words = String.valueOf(e.getMessage()).strip().replaceAll("\\s+", " ");
            return Optional.of(words.length() <= LONGEST ? words : words.substring(0, LONGEST) + "…");
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
