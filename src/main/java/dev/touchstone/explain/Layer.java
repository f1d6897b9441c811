package dev.touchstone.explain;

import dev.touchstone.kernels.Scoring;
import dev.touchstone.model.Block;
import dev.touchstone.model.taps.BlockTaps;
import dev.touchstone.tensor.Tensor;
import java.util.List;
import java.util.Locale;

/**
 * A block and what it did to the prompt.
 *
 * @param joins how attention and MLP are joined: sequential, sandwiched, parallel
 * @param window how many positions a query sees; null for all before it
 * @param taps in the order of computation
 * @param attention the weights of every head, see {@link Packed#triangles}; null where the page has no room for it
 * @param attended the length of what attention adds to the residual stream, a token each
 * @param made the length of what the MLP adds
 * @param stream the length of the residual stream after the block
 * @param mlp what its neurons did
 */
public record Layer(
        String name,
        String joins,
        Integer window,
        List<Tap> taps,
        String attention,
        double[] attended,
        double[] made,
        double[] stream,
        Neurons mlp) {

    /**
     * A point of the forward pass.
     *
     * @param milliseconds after the tap before it
     * @param source the class that computes it
     */
    public record Tap(String name, int[] shape, double milliseconds, Class<?> source) {}

    /** @param taps those of this block */
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
                Rows.lengths(trace.tap(names.attentionAdded())),
                Rows.lengths(trace.tap(names.mlpAdded())),
                Rows.lengths(trace.tap(block.name())),
                Neurons.of(block.mlp().activation().name(), act));
    }

    Layer withoutAttention() {
        return new Layer(name, joins, window, taps, null, attended, made, stream, mlp);
    }
}
