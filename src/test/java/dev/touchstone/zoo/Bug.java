package dev.touchstone.zoo;

/**
 * A classic bug, planted through a seam that exists.
 *
 * @param id its number in the literature of this project: D for decoding
 * @param what is wrong
 * @param seenIn where it was really made, or "" where nobody admits it
 * @param planted the thing with the bug in it
 * @param check the one that must notice
 */
public record Bug<S>(String id, String what, String seenIn, S planted, Check<S> check) {
    @Override
    public String toString() {
        return id + ": " + what;
    }
}
