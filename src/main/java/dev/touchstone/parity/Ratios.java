package dev.touchstone.parity;

import java.util.Collection;

/**
 * The ratios of our errors to PyTorch's, together. Taps that are exact on both sides have no ratio; an error of 0 where
 * PyTorch has one counts as a thousandth of it, since its logarithm would drown the mean.
 *
 * @param largest among the taps of prompts with enough tokens for a ratio
 */
public record Ratios(double geometricMean, double largest, String largestTap, int exact) {
    private static final double LEAST = 1e-3;

    public static Ratios of(Collection<TapResult> taps) {
        double logs = 0;
        int count = 0;
        int exact = 0;
        double largest = 0;
        String largestTap = "";
        for (TapResult tap : taps) {
            if (tap.exact()) {
                exact++;
                continue;
            }
            logs += Math.log(Math.max(tap.ratio(), LEAST));
            count++;
            if (tap.hasEnoughTokens() && !(tap.ratio() <= largest)) {
                largest = tap.ratio();
                largestTap = tap.name();
            }
        }
        return new Ratios(count == 0 ? 0 : Math.exp(logs / count), largest, largestTap, exact);
    }

    /** The ratio of one tap over several prompts: our errors together over PyTorch's together. */
    public static double pooled(Collection<TapResult> prompts) {
        double ours = 0;
        double pytorch = 0;
        for (TapResult tap : prompts) {
            ours += tap.inherited().finite() * Math.pow(tap.inherited().rms(), 2);
            pytorch += tap.floor().finite() * Math.pow(tap.floor().rms(), 2);
        }
        return ours == 0 ? 0 : Math.sqrt(ours / pytorch);
    }
}
