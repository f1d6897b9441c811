package dev.touchstone.zoo;

import dev.touchstone.util.TouchstoneException;

/**
 * A known bug and the check that must kill it.
 *
 * @param id the kind of bug, such as {@code D1}: W weights, T tokenizer, F forward pass, N numerics, D decoding
 * @param what is wrong
 * @param seenIn the project that had it, or ""
 * @param planted the subject with the bug
 * @param check the check that must fail
 * @param crash the exception that the bug may cause while it is checked
 */
public record Bug<S>(
        String id, String what, String seenIn, S planted, Check<S> check, Class<? extends RuntimeException> crash) {
    /** A bug that makes nothing crash. */
    public Bug(String id, String what, String seenIn, S planted, Check<S> check) {
        this(id, what, seenIn, planted, check, TouchstoneException.class);
    }

    /** The same bug, which may also be noticed by a crash of this type. */
    public Bug<S> crashing(Class<? extends RuntimeException> type) {
        return new Bug<>(id, what, seenIn, planted, check, type);
    }

    @Override
    public String toString() {
        return id + ": " + what;
    }
}
