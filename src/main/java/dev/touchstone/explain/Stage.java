package dev.touchstone.explain;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;

/**
 * A stage of the way from text to text.
 *
 * @param shapes input and output of the stage, with the sizes of this run
 * @param sources the classes that compute it
 * @param proofs the tests that compare it with Hugging Face, or with a definition
 */
public record Stage(@JsonIgnore Kind kind, String title, String shapes, List<Class<?>> sources, List<Proof> proofs) {
    /** The stages of every run, in order. */
    public enum Kind {
        TOKENIZATION("Tokenization"),
        EMBEDDING("Embedding"),
        POSITIONS("Positions"),
        BLOCKS("Transformer blocks"),
        OUTPUT("Output layer"),
        CHOICE("Choosing a token"),
        GENERATION("Generation, token by token"),
        SPECULATION("Speculative decoding"),
        MEMORY_AND_TIME("Memory and time");

        private final String title;

        Kind(String title) {
            this.title = title;
        }

        String title() {
            return title;
        }
    }

    /**
     * @param test a file below {@code src/test/java/dev/touchstone}
     * @param of what it compares: taps of the golden files, or another file of the fixtures
     */
    public record Proof(String test, String of) {}
}
