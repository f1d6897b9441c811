package dev.touchstone.parity;

import dev.touchstone.parity.errors.Deviation;
import dev.touchstone.parity.errors.ErrorDistribution;
import java.io.Serializable;
import java.util.Arrays;

/**
 * The comparison of one tap with float64 and with PyTorch's float32.
 *
 * @param leftOut the number of tokens that are not compared, because they depend on a near tie of a choice
 * @param inherited our error against float64, computed from the token ids
 * @param pytorch PyTorch's float32 error against float64
 * @param local our error against float64, computed from the golden input
 * @param distribution the distribution of the inherited errors
 * @param allZero whether every expected value is 0
 * @param limits the largest errors with which the tap passes
 */
public record TapResult(
        String name,
        int[] shape,
        int leftOut,
        Deviation inherited,
        Deviation pytorch,
        Deviation local,
        ErrorDistribution distribution,
        boolean allZero,
        Limits limits)
        implements Serializable {
    /** The limit on the ratio of our error to PyTorch's in float32. Taps with fewer than {@link #ENOUGH_TOKENS} tokens are exempt. */
    public static final double MAX_RATIO = 2;

    /**
     * The errors within one token are correlated, so with fewer tokens than this a ratio is mostly noise. It is meaningful
     * only when pooled with those of other prompts, see {@link Ratios#pooled}.
     */
    public static final int ENOUGH_TOKENS = 8;

    /** If PyTorch's float32 differs from float64 by more than this share of the largest value, the golden file is damaged. */
    private static final double MAX_PYTORCH_ERROR = 0x1p-8;

    TapResult withLocal(Deviation local, int operations) {
        return new TapResult(
                name,
                shape,
                leftOut,
                inherited,
                pytorch,
                local,
                distribution,
                allZero,
                limits.ofOperations(operations));
    }

    /** Our error divided by PyTorch's. Where PyTorch is exact, it is 0 if we are too, else infinite. */
    public double ratio() {
        if (pytorch.rms() == 0) {
            return inherited.rms() == 0 ? 0 : Double.POSITIVE_INFINITY;
        }
        return inherited.rms() / pytorch.rms();
    }

    /** Whether our values and PyTorch's equal the float64 values. */
    public boolean exact() {
        return isCompared() && pytorch.rms() == 0 && inherited.rms() == 0;
    }

    /** Whether the operation that computes this tap is wrong on golden input. */
    public boolean isWrongOperation() {
        return !local.within(limits.local());
    }

    public boolean passes() {
        boolean mayRound = isExempt() || limits.rounds() && pytorch.rms() == 0;
        boolean inheritedPasses = ratio() <= limits.ratio() || mayRound && inherited.within(limits.local());
        return inheritedPasses && !isWrongOperation() && !isUseless();
    }

    /** Whether the tap has too few tokens for the limit on the ratio. A tap where PyTorch is exact is never exempt. */
    public boolean isExempt() {
        return !hasEnoughTokens() && pytorch.rms() > 0;
    }

    /** Whether the tap passes although its ratio is above the limit. */
    public boolean passesByBound() {
        return passes() && !(ratio() <= limits.ratio());
    }

    public boolean hasEnoughTokens() {
        return tokens() >= ENOUGH_TOKENS;
    }

    /** Whether any token is left to compare. If not, only the operation on golden input is judged. */
    public boolean isCompared() {
        return leftOut == 0 || tokens() > 0;
    }

    private int tokens() {
        return shape[Math.max(0, shape.length - 2)] - leftOut;
    }

    /** Whether the golden values cannot detect errors. */
    private boolean isUseless() {
        return allZero || !pytorch.within(MAX_PYTORCH_ERROR);
    }

    /**
     * The result in one word: wrong, right, exact, inherited or empty; local if the operation is right on golden input and no
     * token is left to compare.
     */
    public String verdict() {
        return isWrongOperation()
                ? "wrong"
                : passes()
                        ? !isCompared() ? "local" : exact() ? "exact" : "right"
                        : isUseless() ? "empty" : "inherited";
    }

    /**
     * Whether the tap passes a check for a single random prompt. A ratio of few numbers is mostly noise, so the inherited error
     * is compared with the bound of a single operation instead.
     */
    public boolean plausible() {
        return inherited.within(limits.local()) && !isWrongOperation() && !isUseless();
    }

    /** One line with the errors, the ratio and the bound. */
    public String describe() {
        String line = String.format(
                "%s %s: error %.3g, PyTorch's own %.3g, ratio %.2f; on golden input %.3g of at most %.3g",
                name,
                Arrays.toString(shape),
                inherited.rms(),
                pytorch.rms(),
                ratio(),
                local.max(),
                limits.local() * local.scale());
        return !isUseless()
                ? line
                : allZero
                        ? line + "; the golden values are all zero, which proves nothing"
                        : line + "; the golden values in float32 and float64 are too different, which proves nothing";
    }
}
