package dev.touchstone.serving;

import dev.touchstone.serving.End.Outcome;
import java.util.Map;

/**
 * The state of an engine after its last step, and totals since it was opened.
 *
 * @param queued requests that wait, those that were preempted included
 * @param running requests that are computed now
 * @param tokens totals of tokens
 * @param pages pages of keys and values
 * @param steps forward passes
 * @param preemptions how often a request lost its pages to an older one and was queued again
 * @param ends ended requests by outcome; has all outcomes
 */
public record Statistics(
        int queued, int running, Tokens tokens, Pages pages, long steps, long preemptions, Map<Outcome, Long> ends) {
    /**
     * @param prompt tokens of the prompts of all requests that began to run
     * @param generated new tokens
     * @param computed tokens that were computed by the model, those that were computed again after a preemption included
     * @param hit tokens whose keys and values were found in the prefix cache
     */
    public record Tokens(long prompt, long generated, long computed, long hit) {}

    /**
     * Numbers of pages, each of 64 positions in one layer. Their sum is constant.
     *
     * @param used pages of running requests
     * @param cached other pages that are kept in the prefix cache; they are evicted when their memory is needed
     * @param free all others
     */
    public record Pages(int used, int cached, int free) {}

    public Statistics {
        ends = Map.copyOf(ends);
    }

    /** The number of requests that have ended. */
    public long ended() {
        return ends.values().stream().mapToLong(count -> count).sum();
    }

    Statistics withQueued(int requests) {
        return new Statistics(requests, running, tokens, pages, steps, preemptions, ends);
    }
}
