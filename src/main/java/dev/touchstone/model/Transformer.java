package dev.touchstone.model;

import dev.touchstone.kernels.Kernels;
import dev.touchstone.tensor.KeyValuePages;
import dev.touchstone.tensor.Tensor;
import dev.touchstone.util.TouchstoneException;
import java.util.List;

/**
 * A decoder-only transformer: embedding, blocks, norm, head.
 *
 * @param rotary null where positions are told elsewhere
 */
public record Transformer(Shape shape, Stem stem, Rotary rotary, List<Block> blocks, Norm lnF, Head head) {

    /**
     * The sizes that others need to know.
     *
     * @param heads of queries
     * @param keyValueHeads of keys and values, of which each serves as many heads of queries as the other
     * @param positions the length of the context window, in tokens
     */
    public record Shape(
            int layers, int heads, int keyValueHeads, int headSize, int channels, int positions, int vocabulary) {
        /** Every head has keys and values of its own, and all of them are as wide as the residual stream. */
        public Shape(int layers, int heads, int headSize, int channels, int positions, int vocabulary) {
            this(layers, heads, heads, headSize, channels, positions, vocabulary);
        }
    }

    public Transformer {
        blocks = List.copyOf(blocks);
    }

    /** An empty cache for one sequence. */
    public KvCache newCache() {
        return new KvCache(blocks.stream()
                .map(block -> new KeyValuePages(
                        shape.keyValueHeads,
                        shape.headSize,
                        block.attn().scoring().window()))
                .toList());
    }

    /** Scores for the token after each of {@code ids}, from nothing: the whole sequence at once. (S) -> (S, V) */
    public Tensor forward(int[] ids, Kernels kernels, Trace trace) {
        return forward(Batch.of(ids, newCache()), kernels, trace);
    }

    /** Scores for the token after each token wanted; the caches know all tokens afterwards. (T) -> (W, V) */
    public Tensor forward(Batch batch, Kernels kernels, Trace trace) {
        check(batch);
        ForwardPass pass = new ForwardPass(kernels, trace, batch, Rotary.Turn.NONE);
        Tensor x = stem.forward(batch, pass);
        Rotary.Turn turn = rotary == null ? Rotary.Turn.NONE : rotary.forward(batch.positions(), pass);
        Kernels forBlocks = trace == Trace.OFF ? kernels.forBlocks() : kernels;
        for (Block block : blocks) {
            x = block.forward(x, new ForwardPass(forBlocks, trace, batch, turn));
            forBlocks.blockIsDone();
        }
        x = lnF.forward(x, pass);
        return head.forward(x.rows(batch.wantedRows()), pass);
    }

    /**
     * What would be said next if the residual stream went to the head from here: the logit lens (nostalgebraist, 2020).
     * After the last block these are the logits. (T, C) -> (T, V)
     */
    public Tensor lens(Tensor x, Kernels kernels) {
        ForwardPass pass = new ForwardPass(kernels, Trace.OFF, new Batch(List.of()), Rotary.Turn.NONE);
        return head.forward(lnF.forward(x, pass), pass);
    }

    private void check(Batch batch) {
        for (Batch.Part part : batch.parts()) {
            if (part.ids().length == 0) {
                throw new TouchstoneException("the prompt is empty: give at least one token");
            }
            int length = part.past() + part.ids().length;
            if (length > shape.positions) {
                throw new TouchstoneException("the sequence has " + length + " tokens, the model has positions for "
                        + shape.positions + "; shorten it");
            }
            for (int id : part.ids()) {
                if (id < 0 || id >= shape.vocabulary) {
                    throw new TouchstoneException(
                            "token id " + id + " is not in the vocabulary; ids go from 0 to " + (shape.vocabulary - 1));
                }
            }
        }
    }
}
