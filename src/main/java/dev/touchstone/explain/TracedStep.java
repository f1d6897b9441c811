package dev.touchstone.explain;

import dev.touchstone.generation.processors.LogitsProcessor;
import java.util.List;

/**
 * One step of a traced generation: the model's output for one new token, and the token that was chosen.
 *
 * @param id the chosen token
 * @param probability of the chosen token, after all logits processors
 * @param ranking the logits in descending order; null where the page would become too large
 * @param scores the logits, and then the result of each logits processor in turn
 * @param lens the logit lens at each point of the residual stream, in order
 * @param attention the attention weights of the last query, the mean of the heads: {@code keys} bytes for each layer, each as
 *     {@link Packed#weight}
 * @param keys the number of tokens that the last query could attend to, itself included
 * @param cachedTokens the number of tokens in the KV cache after the step
 * @param cacheBytes the memory that the KV cache occupied after the step
 * @param traced milliseconds with all taps recorded
 * @param untraced milliseconds of the same step without a trace
 */
public record TracedStep(
        int id,
        double probability,
        Ranking ranking,
        List<Scores> scores,
        List<LensPrediction> lens,
        byte[] attention,
        int keys,
        int cachedTokens,
        long cacheBytes,
        double traced,
        double untraced) {

    /**
     * Scores of the whole vocabulary at one point between the model and the choice.
     *
     * @param processor the logits processor that returned them; null for the logits themselves
     * @param source the class of the processor; null for the logits themselves
     * @param allowed the number of tokens with a score above negative infinity
     * @param probabilityOfChosen the softmax probability of the token that was chosen in the end
     */
    public record Scores(
            String processor,
            Class<? extends LogitsProcessor> source,
            int allowed,
            double probabilityOfChosen,
            List<Candidate> mostLikely) {}

    /**
     * The logit lens at one point of the residual stream.
     *
     * @param best the most likely token there
     * @param probabilityOfChosen the probability there of the token that was chosen in the end
     */
    public record LensPrediction(Candidate best, double probabilityOfChosen) {}
}
