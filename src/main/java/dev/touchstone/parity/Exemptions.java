package dev.touchstone.parity;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/**
 * The taps that are exempt from the limit on the ratio because they have too few tokens.
 *
 * @param taps the number of exempt taps
 * @param byBound the number of these that have a ratio above the limit, and pass by the bound on the largest error
 * @param limits those of a tap that is computed by one operation
 */
public record Exemptions(long taps, long byBound, Limits limits) {
    public static Exemptions of(Collection<TapResult> taps) {
        return new Exemptions(
                taps.stream().filter(TapResult::isExempt).count(),
                taps.stream().filter(TapResult::passesByBound).count(),
                taps.stream()
                        .map(TapResult::limits)
                        .min(Comparator.comparingDouble(Limits::local))
                        .orElse(Limits.FLOAT32));
    }

    /** One sentence; empty if no tap is exempt. */
    public String describe() {
        return taps == 0 ? "" : exempt() + "; " + above();
    }

    private String exempt() {
        return String.format(
                Locale.ROOT,
                "%,d %s exempt from the ratio limit of %,.0f (fewer than %d tokens)",
                taps,
                taps == 1 ? "tap is" : "taps are",
                limits.ratio(),
                TapResult.ENOUGH_TOKENS);
    }

    private String above() {
        return byBound == 0
                ? "none passes with a ratio above it"
                : String.format(
                        Locale.ROOT,
                        "%,d %s above it, as no error is above %.1e of the largest value",
                        byBound,
                        byBound == 1 ? "passes" : "pass",
                        limits.local());
    }
}
