package dev.touchstone.parity;

import dev.touchstone.parity.choices.ChoiceDifference;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The comparison of one prompt.
 *
 * @param taps in order of computation
 * @param clues the probable mistakes behind the first divergence; empty if there is none
 * @param predictions the comparison of the next-token distributions; null if the logits are absent
 * @param absent the taps that the engine did not report, in order of computation
 * @param choices the tokens for which PyTorch's float32 or the engine chooses other experts than float64
 */
public record CaseResult(
        List<TapResult> taps,
        List<String> clues,
        Predictions predictions,
        List<String> absent,
        List<ChoiceDifference> choices)
        implements Serializable {
    public boolean passes() {
        return taps.stream().allMatch(TapResult::passes);
    }

    /** The taps whose operation is wrong on golden input. */
    public Stream<TapResult> wrongOperations() {
        return taps.stream().filter(TapResult::isWrongOperation);
    }

    /**
     * The first operation that is wrong on golden input; if all are right, the first tap whose inherited error is too
     * large.
     */
    public Optional<TapResult> firstDivergence() {
        return wrongOperations()
                .findFirst()
                .or(() -> taps.stream().filter(tap -> !tap.passes()).findFirst());
    }
}
