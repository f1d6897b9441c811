package dev.touchstone.model;

import dev.touchstone.TouchstoneException;
import dev.touchstone.kernels.Kernels;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Tensor;
import java.util.List;

/**
 * A decoder-only transformer: embedding, blocks, norm, head.
 *
 * @param embedded the name of the tap where token and position have been added ({@code drop} in GPT-2)
 * @param head from channels to vocabulary; the same matrix as the token embedding where the two are tied. (C, V)
 */
public record Transformer(
        Shape shape, Embedding wte, Embedding wpe, String embedded, List<Block> blocks, LayerNorm lnF, Matrix head) {

    /**
     * The sizes that others need to know.
     *
     * @param positions the length of the context window, in tokens
     */
    public record Shape(int layers, int heads, int headSize, int channels, int positions, int vocabulary) {}

    public Transformer {
        blocks = List.copyOf(blocks);
    }

    /** An empty cache for one sequence. */
    public KvCache newCache() {
        return new KvCache(shape.layers, shape.heads, shape.headSize);
    }

    /** Scores for the token after each of {@code ids}, from nothing: the whole sequence at once. (S) -> (S, V) */
    public Tensor forward(int[] ids, Kernels kernels, Trace trace) {
        return forward(Batch.of(ids, newCache()), kernels, trace);
    }

    /** Scores for the token after each token wanted; the caches know all tokens afterwards. (T) -> (W, V) */
    public Tensor forward(Batch batch, Kernels kernels, Trace trace) {
        check(batch);
        ForwardPass pass = new ForwardPass(kernels, trace, batch);
        Tensor x = kernels.add(wte.forward(batch.ids(), pass), wpe.forward(batch.positions(), pass));
        x = trace.of(embedded, x);
        for (Block block : blocks) {
            x = block.forward(x, pass);
        }
        x = lnF.forward(x, pass);
        return trace.of("logits", kernels.linear(x.rows(batch.wantedRows()), head, null));
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
