package dev.touchstone.zoo;

import java.util.function.Consumer;

/**
 * A named test of one thing, which can be run on the thing itself and on one with a bug in it.
 *
 * @param name a sentence that is true of the thing without a bug
 * @param assertion throws unless it is true
 */
public record Check<S>(String name, Consumer<S> assertion) {
    /** Whether the check notices that something is wrong. */
    boolean catches(S subject) {
        try {
            assertion.accept(subject);
            return false;
        } catch (AssertionError | RuntimeException e) {
            return true;
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
