package dev.touchstone.explain;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;

/**
 * A stage between the prompt and the generated text.
 *
 * @param shapes the shapes of input and output in this run
 * @param sources the classes that compute the stage
 * @param checks the tests that compare the stage with Hugging Face, or with a definition
 */
public record Stage(@JsonIgnore Kind kind, String title, String shapes, List<Class<?>> sources, List<Check> checks) {
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
     * @param of what the test compares: taps of the golden files, or another file of the fixtures
     */
    public record Check(String test, String of) {}
}
