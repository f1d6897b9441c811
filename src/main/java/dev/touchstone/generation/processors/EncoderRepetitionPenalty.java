package dev.touchstone.generation.processors;

import dev.touchstone.util.TouchstoneException;

/**
 * Makes the tokens of the prompt more likely if {@code penalty} is above 1, so that the text stays close to it: a repetition
 * penalty of {@code 1 / penalty} on the prompt. Hugging Face's {@code EncoderRepetitionPenaltyLogitsProcessor}.
 */
public record EncoderRepetitionPenalty(double penalty, int[] prompt) implements LogitsProcessor {
    public EncoderRepetitionPenalty {
        if (!((float) penalty > 0)) {
            throw new TouchstoneException(
                    "encoder repetition penalty must be above 0, got " + Numbers.spelled(penalty));
        }
    }

    /** {@code score / penalty} where negative, else {@code score * penalty}, in the rounding of Hugging Face. (S), (V) -> (V) */
    @Override
    public float[] process(int[] ids, float[] scores) {
        return new RepetitionPenalty(1 / penalty).process(prompt, scores);
    }
}
