package dev.touchstone.parity;

import dev.touchstone.parity.errors.Anatomy;
import dev.touchstone.parity.errors.Deviation;
import java.util.Arrays;

/**
 * One tap of ours against the truth and against PyTorch.
 *
 * @param inherited ours, computed from the ids, against float64
 * @param floor PyTorch's float32 against float64
 * @param local ours, computed from the golden input, against float64
 * @param anatomy where the inherited errors lie
 */
public record TapResult(
        String name,
        int[] shape,
        Deviation inherited,
        Deviation floor,
        Deviation local,
        Anatomy anatomy,
        boolean allZero) {
    /** The limit on the ratio of our error to PyTorch's. Taps with fewer than {@link #ENOUGH_TOKENS} tokens are exempt. */
    public static final double MAX_RATIO = 2;

    /**
     * The errors within one token are correlated, so with fewer tokens than this a ratio is mostly noise. It is meaningful
     * only when pooled with those of other prompts, see {@link Ratios#pooled}.
     */
    public static final int ENOUGH_TOKENS = 8;

    /** PyTorch's float32 is nearer to its float64 than this share of the largest value, or they are not of one computation. */
    private static final double MAX_FLOOR = 0x1p-8;

    TapResult withLocal(Deviation local) {
        return new TapResult(name, shape, inherited, floor, local, anatomy, allZero);
    }

    /** Our error over PyTorch's; where PyTorch is exact, 0 if we are too and infinite if not. */
    public double ratio() {
        if (floor.rms() == 0) {
            return inherited.rms() == 0 ? 0 : Double.POSITIVE_INFINITY;
        }
        return inherited.rms() / floor.rms();
    }

    public boolean exact() {
        return floor.rms() == 0 && inherited.rms() == 0;
    }

    /** The operation itself is wrong, whatever came before it. */
    public boolean culprit() {
        return !local.within(Deviation.LOCAL_BOUND);
    }

    public boolean passes() {
        boolean inheritedPasses = ratio() <= MAX_RATIO || isExempt() && inherited.within(Deviation.LOCAL_BOUND);
        return inheritedPasses && !culprit() && !provesNothing();
    }

    /** Whether the tap has too few tokens for the limit on the ratio. A tap where PyTorch is exact is never exempt. */
    public boolean isExempt() {
        return !hasEnoughTokens() && floor.rms() > 0;
    }

    /** Whether the tap passes although its ratio is above {@link #MAX_RATIO}. */
    public boolean passesByBound() {
        return passes() && !(ratio() <= MAX_RATIO);
    }

    public boolean hasEnoughTokens() {
        return shape[Math.max(0, shape.length - 2)] >= ENOUGH_TOKENS;
    }

    /** A golden that any tensor, or none, could be measured against. */
    private boolean provesNothing() {
        return allZero || !floor.within(MAX_FLOOR);
    }

    /** In one word. */
    public String verdict() {
        return culprit() ? "wrong" : passes() ? exact() ? "exact" : "right" : provesNothing() ? "empty" : "inherited";
    }

    /**
     * Right as far as one prompt can tell: on a few numbers chance moves the ratio, so the whole way from the ids is held
     * to the bound of a single operation instead.
     */
    public boolean plausible() {
        return inherited.within(Deviation.LOCAL_BOUND) && !culprit() && !provesNothing();
    }

    /** One line that says what is wrong, or how right it is. */
    public String describe() {
        String line = String.format(
                "%s %s: error %.3g, PyTorch's own %.3g, ratio %.2f; on golden input %.3g of at most %.3g",
                name,
                Arrays.toString(shape),
                inherited.rms(),
                floor.rms(),
                ratio(),
                local.max(),
                Deviation.LOCAL_BOUND * local.scale());
        return !provesNothing()
                ? line
                : allZero
                        ? line + "; the golden is all zeros and proves nothing"
                        : line + "; the golden's float32 is not near its float64, and proves nothing";
    }
}
