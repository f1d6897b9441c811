package dev.touchstone.explain;

import dev.touchstone.generation.processors.LogitsProcessor;
import java.util.List;

/**
 * One step of the generation: a token was picked.
 *
 * @param chance how likely it was to be picked, after all processors
 * @param scores what the model said, and then what each processor in turn made of it
 * @param lens what each point of the residual stream would have picked
 * @param looks how much each layer looked at each token, the mean of its heads, last query only; bytes as
 *     {@link Packed#weight}, layer by layer
 * @param seen how many tokens those are, with the one that was read last
 * @param tokens how many the cache knew after the step
 * @param bytes how many it took
 * @param milliseconds while every tap was watched
 * @param unwatched milliseconds while none was
 */
public record Turn(
        int id,
        double chance,
        List<Scores> scores,
        List<Vote> lens,
        byte[] looks,
        int seen,
        int tokens,
        long bytes,
        double milliseconds,
        double unwatched) {

    /**
     * @param by the processor, null for the model itself
     * @param left how many tokens are not ruled out
     * @param ofPicked how likely the one is that was picked in the end
     */
    public record Scores(
            String by, Class<? extends LogitsProcessor> source, int left, double ofPicked, List<Candidate> likeliest) {}

    /**
     * @param best the token that was likeliest there
     * @param ofPicked how likely the one was that was picked in the end
     */
    public record Vote(Candidate best, double ofPicked) {}
}
