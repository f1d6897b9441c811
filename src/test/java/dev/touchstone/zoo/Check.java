package dev.touchstone.zoo;

import dev.touchstone.util.TouchstoneException;
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

    /**
     * What the check says of a subject that is wrong; empty if it passes. Only an {@link AssertionError} and a
     * {@link TouchstoneException} are findings of the check, and a crash of the kind that the bug is known for.
     *
     * @throws RuntimeException any other exception that the check or the subject throws: it proves nothing of the bug
     */
    Optional<String> failure(S subject, Class<? extends RuntimeException> crash) {
        try {
            assertion.accept(subject);
            return Optional.empty();
        } catch (AssertionError | RuntimeException e) {
            boolean finding = e instanceof AssertionError || e instanceof TouchstoneException || crash.isInstance(e);
            if (!finding) {
                throw (RuntimeException) e;
            }
            String words = String.valueOf(e.getMessage()).strip().replaceAll("\\s+", " ");
            return Optional.of(words.length() <= LONGEST ? words : words.substring(0, LONGEST) + "…");
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
