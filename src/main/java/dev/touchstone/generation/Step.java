package dev.touchstone.generation;

/**
 * A new token.
 *
 * @param sequence the index of the sequence in the batch
 * @param index the index among the new tokens, from 0
 * @param logits the logits that the model computed. (V)
 * @param scores the logits after all processors, by which the token was chosen. (V)
 * @param text the text that can be printed now; empty while a character is incomplete or a stop string may have begun
 */
public record Step(int sequence, int index, int id, float[] logits, float[] scores, String text) {
    /** The text, so that {@code System.out::print} prints a generation step by step. */
    @Override
    public String toString() {
        return text;
    }
}
