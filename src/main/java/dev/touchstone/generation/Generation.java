package dev.touchstone.generation;

/**
 * The result of generating from one prompt.
 *
 * @param ids the new tokens, including the end-of-sequence token if there is one, as in Hugging Face's {@code generate}
 * @param text the continuation, without the end-of-sequence token or the stop string that ended it
 */
public record Generation(int[] promptIds, int[] ids, String text, FinishReason finishReason) {}
