package dev.touchstone.zoo;

/**
 * A known bug and the check that must detect it.
 *
 * @param id the kind of bug, such as {@code D1}: W weights, T tokenizer, F forward pass, N numerics, D decoding
 * @param what is wrong
 * @param seenIn the project that had it, or ""
 * @param planted the subject with the bug
 * @param check the check that must fail
 */
public record Bug<S>(String id, String what, String seenIn, S planted, Check<S> check) {
    @Override
    public String toString() {
        return id + ": " + what;
    }
}
