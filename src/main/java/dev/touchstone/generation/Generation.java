package dev.touchstone.generation;

/**
 * What was made of one prompt.
 *
 * @param ids the new tokens, the end-of-sequence token included where there is one, as Hugging Face's {@code generate}
 * @param text the continuation, without the end-of-sequence token or the stop string that ended it
 */
public record Generation(int[] promptIds, int[] ids, String text, FinishReason finishReason) {}
