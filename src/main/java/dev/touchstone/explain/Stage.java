package dev.touchstone.explain;

import java.util.List;

/**
 * A part of the way from text to text.
 *
 * @param shapes what goes in and what comes out, with this run's numbers
 * @param sources the classes that compute it
 * @param proofs the tests that hold it against Hugging Face, or what takes their place
 */
public record Stage(String title, String shapes, List<Class<?>> sources, List<Proof> proofs) {
    /**
     * @param test a file below {@code src/test/java/dev/touchstone}
     * @param of what it compares: taps of the golden files, or another file of the fixtures
     */
    public record Proof(String test, String of) {}
}
