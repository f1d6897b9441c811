package dev.touchstone.generation.processors;

import dev.touchstone.util.TouchstoneException;

/**
 * Makes the tokens of the new text less likely, those that occur more often more so: OpenAI's presence and frequency penalties.
 * {@code score - count * frequency - (count > 0 ? presence : 0)}, where {@code count} is how often the new text has the token.
 *
 * @param presence for a token that occurs; below 0 makes it more likely
 * @param frequency for each occurrence; below 0 makes the token more likely
 * @param promptLength how many tokens of the sequence are the prompt, whose tokens do not count
 */
public record OccurrencePenalty(double presence, double frequency, int promptLength) implements LogitsProcessor {
    public OccurrencePenalty {
        refuseInfinite("presence", presence);
        refuseInfinite("frequency", frequency);
    }

    private static void refuseInfinite(String name, double penalty) {
        if (!Float.isFinite((float) penalty)) {
            throw new TouchstoneException(name + " penalty must be a finite number, got " + penalty);
        }
    }

    /** (S), (V) -> (V) */
    @Override
    public float[] process(int[] ids, float[] scores) {
        int[] counts = new int[scores.length];
        for (int s = promptLength; s < ids.length; s++) {
            counts[ids[s]]++;
        }
        float[] penalized = scores.clone();
        for (int v = 0; v < scores.length; v++) {
            if (counts[v] > 0) {
                penalized[v] = scores[v] - counts[v] * (float) frequency - (float) presence;
            }
        }
        return penalized;
    }
}
