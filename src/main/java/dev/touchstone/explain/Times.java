package dev.touchstone.explain;

import java.util.Map;

/**
 * Where time went.
 *
 * @param prompt milliseconds of the pass over the prompt, while every tap was watched
 * @param step the mean of the steps after it, which read one token each
 * @param watched seconds of the whole generation
 * @param unwatched the same without a trace
 * @param sameIds whether both made the same ids
 */
public record Times(
        Map<TimeCategory, Double> prompt,
        Map<TimeCategory, Double> step,
        double watched,
        double unwatched,
        boolean sameIds) {}
