package dev.touchstone.parity;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One prompt, compared.
 *
 * @param taps in order of computation
 * @param clues what the first divergence looks like; empty where there is none
 * @param predictions what the logits mean
 */
public record CaseResult(List<TapResult> taps, List<String> clues, Predictions predictions) {
    public boolean passes() {
        return taps.stream().allMatch(TapResult::passes);
    }

    /** The operations that are wrong by themselves. */
    public Stream<TapResult> culprits() {
        return taps.stream().filter(TapResult::culprit);
    }

    /**
     * Where it goes wrong first: the operation that fails on golden input, or else the first tap that is too far from the
     * truth although every operation by itself is right.
     */
    public Optional<TapResult> firstDivergence() {
        return culprits()
                .findFirst()
                .or(() -> taps.stream().filter(tap -> !tap.passes()).findFirst());
    }
}
