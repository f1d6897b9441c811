package dev.touchstone.explain;

import java.util.Map;

/**
 * Time by kind of work.
 *
 * @param prompt milliseconds of the forward pass over the prompt, with all taps recorded
 * @param step mean milliseconds of the later steps, which compute one token each, with all taps recorded
 * @param traced seconds of the whole generation with all taps recorded
 * @param untraced seconds of the same generation without a trace
 * @param sameIds whether both generated the same ids
 */
public record Times(
        Map<TimeCategory, Double> prompt,
        Map<TimeCategory, Double> step,
        double traced,
        double untraced,
        boolean sameIds) {}
