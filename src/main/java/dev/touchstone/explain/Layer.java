package dev.touchstone.explain;

import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Block;
import dev.touchstone.model.taps.BlockTaps;
import dev.touchstone.tensor.Tensor;
import java.util.List;
import java.util.Locale;

/**
 * A transformer block and its results for the prompt.
 *
 * @param joins how attention and MLP are combined: sequential, sandwiched or parallel
 * @param window the number of positions that a query attends to; null without a sliding window
 * @param taps in the order of computation
 * @param attention the weights of every head, see {@link Packed#triangles}; null where the page would become too large
 * @param attentionNorms the norm of attention's contribution to the residual stream, one per token
 * @param mlpNorms the norm of the MLP's contribution, one per token
 * @param residualNorms the norm of the residual stream after the block, one per token
 * @param mlp statistics of the MLP's activations
 */
public record Layer(
        String name,
        String joins,
        Integer window,
        List<Tap> taps,
        String attention,
        double[] attentionNorms,
        double[] mlpNorms,
        double[] residualNorms,
        Neurons mlp) {

    /**
     * One tensor of the forward pass.
     *
     * @param milliseconds since the tap before it
     * @param source the class that computes it
     */
    public record Tap(String name, int[] shape, double milliseconds, Class<?> source) {}

    /** @param taps the taps of this block */
    static Layer of(BlockTaps names, List<Tap> taps, RunTrace trace) {
        Block block = names.block();
        int window = block.attn().scoring().window();
        Tensor act = trace.tap(block.mlp().activation().name());
        return new Layer(
                block.name(),
                block.getClass().getSimpleName().toLowerCase(Locale.ROOT),
                window == Scoring.UNLIMITED ? null : window,
                taps,
                Packed.triangles(trace.tap(block.attn().probsTap())),
                Rows.norms(trace.tap(names.attentionAdded())),
                Rows.norms(trace.tap(names.mlpAdded())),
                Rows.norms(trace.tap(block.name())),
                Neurons.of(block.mlp().activation().name(), act));
    }

    Layer withoutAttention() {
        return new Layer(name, joins, window, taps, null, attentionNorms, mlpNorms, residualNorms, mlp);
    }
}
