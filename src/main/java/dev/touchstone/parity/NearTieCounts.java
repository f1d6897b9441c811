package dev.touchstone.parity;

import dev.touchstone.parity.choices.ChoiceDifference;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * How many choices of experts differ from float64's by a near tie.
 *
 * @param nearTies tokens in a layer
 * @param pytorch those for which PyTorch's float32 chooses other experts than float64
 * @param engine those for which the engine does
 * @param taps the taps from which tokens are left out because they depend on a near tie
 */
public record NearTieCounts(long nearTies, long pytorch, long engine, long taps) {
    public static NearTieCounts of(Collection<TapResult> taps, Collection<ChoiceDifference> choices) {
        List<ChoiceDifference> nearTies =
                choices.stream().filter(ChoiceDifference::nearTie).toList();
        return new NearTieCounts(
                nearTies.size(),
                nearTies.stream().filter(ChoiceDifference::differsInPyTorch).count(),
                nearTies.stream().filter(ChoiceDifference::differsInEngine).count(),
                taps.stream().filter(tap -> tap.leftOut() > 0).count());
    }

    /** One sentence; empty if there is no near tie. */
    public String describe() {
        return nearTies == 0
                ? ""
                : String.format(
                        Locale.ROOT,
                        "%,d %s of experts: PyTorch's float32 chooses others than float64 in %,d, the engine in %,d; %,d taps are"
                                + " compared without the tokens that depend on them",
                        nearTies,
                        nearTies == 1 ? "near tie" : "near ties",
                        pytorch,
                        engine,
                        taps);
    }
}
