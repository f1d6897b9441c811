package dev.touchstone.model.taps;

import dev.touchstone.model.Block;
import dev.touchstone.model.Norm;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The taps of one block.
 *
 * @param stream the residual stream that the block reads
 */
public record BlockTaps(Block block, TapSum stream) {
    /** The residual stream after the block. */
    public String name() {
        return block.name();
    }

    /** The output of attention. */
    public String attention() {
        return block.attn().name();
    }

    /** What attention adds to the residual stream: its output, or the norm of its output. */
    public String attentionAdded() {
        return block instanceof Block.Sandwiched sandwiched
                ? sandwiched.afterAttn().name()
                : attention();
    }

    /** The output of the MLP, or of the mixture of experts. */
    public String mlp() {
        return block.mlp().tap();
    }

    /** What the MLP adds to the residual stream: its output, or the norm of its output. */
    public String mlpAdded() {
        return block instanceof Block.Sandwiched sandwiched
                ? sandwiched.afterMlp().name()
                : mlp();
    }

    /** The residual stream between attention and MLP; in a parallel block no layer reads it. */
    public TapSum afterAttention() {
        return stream.plus(attentionAdded(), block.multiplier());
    }

    /** The residual stream after the MLP, as the sum of its terms. */
    public TapSum afterMlp() {
        return afterAttention().plus(mlpAdded(), block.multiplier());
    }

    /** The norms of the residual stream and of the outputs that are added to it, in order of computation. */
    public List<String> norms() {
        Stream<Norm> norms;
        if (block instanceof Block.Sandwiched sandwiched) {
            norms = Stream.of(sandwiched.ln1(), sandwiched.afterAttn(), sandwiched.ln2(), sandwiched.afterMlp());
        } else if (block instanceof Block.PostNorm post) {
            norms = Stream.of(post.afterAttn(), post.afterMlp());
        } else {
            norms = Stream.of(block.ln1(), block.ln2());
        }
        return norms.filter(Objects::nonNull).map(Norm::name).toList();
    }
}
