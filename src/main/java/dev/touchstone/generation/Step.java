package dev.touchstone.generation;

/**
 * One turn of the loop: a token was picked.
 *
 * @param sequence which of the batch's sequences it joined
 * @param index its place among the new tokens, from 0
 * @param logits what the model said of every token. (V)
 * @param scores what the processors made of that, and what the token was picked by. (V)
 * @param text what can be printed now: nothing while a character is incomplete or a stop string may be on its way
 */
public record Step(int sequence, int index, int id, float[] logits, float[] scores, String text) {
    /** The text, so that {@code System.out::print} prints a generation as it grows. */
    @Override
    public String toString() {
        return text;
    }
}
