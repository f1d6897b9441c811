package dev.touchstone.parity.diagnosis;

import dev.touchstone.model.taps.BlockTaps;
import dev.touchstone.model.taps.TapSum;

/**
 * Explains a wrong norm by another input.
 *
 * @param right the right norm
 * @param input the right input
 */
record NormInputs(Difference difference, Context context, NormFit right, TapSum input) {
    String read() {
        String factor = factor();
        if (!factor.isEmpty()) {
            return factor;
        }
        BlockTaps block = context.block();
        if (block != null && input.equals(TapSum.of(block.attention())) && isOf(block.stream())) {
            return "it normalizes the input of attention, should normalize its output";
        }
        if (block != null && input.equals(TapSum.of(block.mlp())) && isOf(block.afterAttention())) {
            return "it normalizes the input of the MLP, should normalize its output";
        }
        if (block != null && input.equals(block.afterAttention())) {
            String residual = residual(block);
            if (!residual.isEmpty()) {
                return residual;
            }
        } else if (block != null && isOf(block.afterAttention())) {
            return block.attentionAdded()
                    + " is added to its input, should not be: in a parallel block attention and MLP"
                    + " read the same stream";
        }
        return context.map().streams().stream()
                .filter(this::isOf)
                .findFirst()
                .map(other -> "its input is " + other + ": blocks in another order, or a skipped block")
                .orElse("");
    }

    /** Whether a term of the input lacks its factor. */
    private String factor() {
        return input.terms().stream()
                .filter(term -> term.factor() != 1 && isOf(withoutFactor(term)))
                .findFirst()
                .map(term -> term.tap() + " is not multiplied by " + term.factor())
                .orElse("");
    }

    private TapSum withoutFactor(TapSum.Term term) {
        return new TapSum(input.terms().stream()
                .map(other -> other.equals(term) ? new TapSum.Term(term.tap(), 1) : other)
                .toList());
    }

    /** Whether attention was added wrongly before the second norm of a block. */
    private String residual(BlockTaps block) {
        String attention = block.attentionAdded();
        if (isOf(block.stream())) {
            return attention + " is not added to its input";
        }
        if (isOf(block.afterAttention().plus(attention))) {
            return attention + " is added to its input twice";
        }
        if (isOf(TapSum.of(attention))) {
            return "its input is " + attention + " alone: the residual connection is missing";
        }
        return block.norms().stream().anyMatch(norm -> isOf(TapSum.of(norm, attention)))
                ? attention + " is added to the output of the norm before it, should be added to the residual stream"
                : "";
    }

    private boolean isOf(TapSum other) {
        double[] x = context.of(other);
        return x != null && x.length == difference.tensor().size() && difference.is(right.output(right.unit(x)));
    }
}
