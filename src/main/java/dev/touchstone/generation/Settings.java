package dev.touchstone.generation;

import dev.touchstone.generation.processors.LogitsProcessor;
import dev.touchstone.util.TouchstoneException;
import java.util.List;
import java.util.Set;

/**
 * The settings of a generation. Start from {@link #greedy} and change single settings.
 *
 * @param eosIds the end-of-sequence tokens
 * @param processors applied to the logits one after the other
 * @param seed the seed of the random numbers. Every sequence has its own generator, so the result does not depend on the batch
 * @param stopStrings strings that end a text and are not part of it
 */
public record Settings(
        int maxNewTokens,
        Set<Integer> eosIds,
        List<LogitsProcessor> processors,
        Sampler sampler,
        long seed,
        List<String> stopStrings,
        Window window) {

    public Settings {
        if (maxNewTokens < 0) {
            throw new TouchstoneException("max new tokens must be at least 0, got " + maxNewTokens);
        }
        eosIds = Set.copyOf(eosIds);
        processors = List.copyOf(processors);
        stopStrings = List.copyOf(stopStrings);
        if (stopStrings.contains("")) {
            throw new TouchstoneException("a stop string is empty: it would stop every text before it starts");
        }
    }

    /** Greedy decoding, until there are {@code maxNewTokens} new tokens or an end-of-sequence token. */
    public static Settings greedy(int maxNewTokens, Set<Integer> eosIds, Window window) {
        return new Settings(maxNewTokens, eosIds, List.of(), Sampler.GREEDY, 0, List.of(), window);
    }

    public Settings withProcessors(List<LogitsProcessor> processors) {
        return new Settings(maxNewTokens, eosIds, processors, sampler, seed, stopStrings, window);
    }

    public Settings withSampler(Sampler sampler, long seed) {
        return new Settings(maxNewTokens, eosIds, processors, sampler, seed, stopStrings, window);
    }

    public Settings withStopStrings(List<String> stopStrings) {
        return new Settings(maxNewTokens, eosIds, processors, sampler, seed, stopStrings, window);
    }

    /** The logits after {@code ids}, changed by all processors. (S), (V) -> (V) */
    public float[] process(int[] ids, float[] logits) {
        float[] scores = logits;
        for (LogitsProcessor processor : processors) {
            scores = processor.process(ids, scores);
        }
        return scores;
    }
}
