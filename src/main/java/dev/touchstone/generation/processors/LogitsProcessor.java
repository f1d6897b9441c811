package dev.touchstone.generation.processors;

/** Changes the scores of the next token before one is chosen; {@code -inf} excludes a token. */
@FunctionalInterface
public interface LogitsProcessor {
    /**
     * New scores; the given ones are not written to. (S), (V) -> (V)
     *
     * @param ids the sequence so far, prompt included
     * @param scores one for each token of the vocabulary
     */
    float[] process(int[] ids, float[] scores);
}
