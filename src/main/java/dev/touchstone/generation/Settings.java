package dev.touchstone.generation;

import dev.touchstone.generation.processors.LogitsProcessor;
import dev.touchstone.util.TouchstoneException;
import java.util.List;
import java.util.Set;

/**
 * How to generate. Start from {@link #greedy} and change what should differ.
 *
 * @param eosIds tokens that end a text
 * @param processors applied to the scores one after the other
 * @param seed of the random numbers; every sequence has its own, so that it does not matter who else is in the batch
 * @param stopStrings texts that end a text and are not part of it
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

    /** The likeliest token each step, until there are {@code maxNewTokens} new ones or the model ends its text. */
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

    /** What the processors make of the logits after {@code ids}. (S), (V) -> (V) */
    public float[] process(int[] ids, float[] logits) {
        float[] scores = logits;
        for (LogitsProcessor processor : processors) {
            scores = processor.process(ids, scores);
        }
        return scores;
    }
}
