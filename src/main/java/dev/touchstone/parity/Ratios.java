package dev.touchstone.parity;

import java.util.Collection;

/**
 * Statistics of the ratios of our errors to PyTorch's. Taps where both are exact, or where no token is compared, have no
 * ratio. Where only ours is exact, the
 * ratio counts as 0.001, because the logarithm of 0 is infinite.
 *
 * @param largest the largest ratio of a tap with enough tokens
 * @param exact the number of taps where both are exact
 */
public record Ratios(double geometricMean, double largest, String largestTap, int exact) {
    private static final double MIN_RATIO = 1e-3;

    public static Ratios of(Collection<TapResult> taps) {
        double logs = 0;
        int count = 0;
        int exact = 0;
        double largest = 0;
        String largestTap = "";
        for (TapResult tap : taps) {
            if (!tap.isCompared()) {
                continue;
            }
            if (tap.exact()) {
                exact++;
                continue;
            }
            logs += Math.log(Math.max(tap.ratio(), MIN_RATIO));
            count++;
            if (tap.hasEnoughTokens() && !(tap.ratio() <= largest)) {
                largest = tap.ratio();
                largestTap = tap.name();
            }
        }
        return new Ratios(count == 0 ? 0 : Math.exp(logs / count), largest, largestTap, exact);
    }

    /** The ratio of one tap over several prompts: the RMS of all our errors over the RMS of all PyTorch's. */
    public static double pooled(Collection<TapResult> prompts) {
        double ours = 0;
        double pytorch = 0;
        for (TapResult tap : prompts) {
            ours += tap.inherited().finite() * Math.pow(tap.inherited().rms(), 2);
            pytorch += tap.pytorch().finite() * Math.pow(tap.pytorch().rms(), 2);
        }
        return ours == 0 ? 0 : Math.sqrt(ours / pytorch);
    }
}
