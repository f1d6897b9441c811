package dev.touchstone.model;

import dev.touchstone.kernels.Kernels;
import dev.touchstone.tensor.PageSource;
import dev.touchstone.tensor.Tensor;
import dev.touchstone.util.TouchstoneException;
import java.util.List;

/**
 * A decoder-only transformer: embedding, blocks, final norm, head. It is immutable and may be used by several threads, each
 * with caches of its own.
 *
 * @param rotaries the rotary embedding of each layer
 * @param lnF the norm after the last block; null if there is none, as in OPT-350M
 */
public record Transformer(Shape shape, Stem stem, LayerRotaries rotaries, List<Block> blocks, Norm lnF, Head head) {
    /**
     * The sizes of a model.
     *
     * @param layers number of blocks
     * @param heads number of query heads, H
     * @param keyValueHeads number of key-value heads, G; H is a multiple of it
     * @param headSize channels of a head, D
     * @param channels width of the residual stream, C
     * @param positions length of the context window, in tokens
     * @param vocabulary number of token ids, V
     */
    public record Shape(
            int layers, int heads, int keyValueHeads, int headSize, int channels, int positions, int vocabulary) {
        /** Multi-head attention: as many key-value heads as query heads. */
        public Shape(int layers, int heads, int headSize, int channels, int positions, int vocabulary) {
            this(layers, heads, heads, headSize, channels, positions, vocabulary);
        }
    }

    public Transformer {
        blocks = List.copyOf(blocks);
    }

    /** How the caches of this model are made, and how large they become. */
    public CacheLayout caches() {
        return new CacheLayout(shape, blocks);
    }

    /** An empty cache for one sequence. */
    public KvCache newCache() {
        return caches().newCache(PageSource.HEAP);
    }

    /**
     * The logits of the next token after each of {@code ids}, without a cache. (S) -> (S, V)
     *
     * @throws TouchstoneException if {@code ids} is empty, longer than the context window, or holds an unknown id
     */
    public Tensor forward(int[] ids, Kernels kernels, Trace trace) {
        return forward(Batch.of(ids, newCache()), kernels, trace);
    }

    /**
     * The logits of the next token after the last {@code logitsToKeep} tokens of each sequence, L in all. Keys and values of
     * all new tokens are appended to the caches. (T) -> (L, V)
     *
     * @throws TouchstoneException if a sequence has no new token, is longer than the context window, or holds an unknown id
     */
    public Tensor forward(Batch batch, Kernels kernels, Trace trace) {
        return logits(hidden(batch, kernels, trace).rows(batch.rowsToKeep()), kernels, trace);
    }

    /**
     * The hidden state of each new token: the output of the final norm. Keys and values are appended to the caches. (T) -> (T, C)
     *
     * @throws TouchstoneException as {@link #forward(Batch, Kernels, Trace)}
     */
    public Tensor hidden(Batch batch, Kernels kernels, Trace trace) {
        InputCheck.batch(batch, shape);
        if (rotaries.dependOnLength()) {
            for (Batch.Sequence sequence : batch.sequences()) {
                boolean longer = rotaries.isLonger(sequence.length());
                sequence.cache().ids().append(sequence, longer, again -> stream(again, kernels, Trace.OFF));
            }
        }
        return stream(batch, kernels, trace);
    }

    private Tensor stream(Batch batch, Kernels kernels, Trace trace) {
        ForwardPass pass = new ForwardPass(kernels, trace, batch, Rotary.Rotation.NONE);
        Tensor x = stem.forward(batch, pass);
        List<Rotary.Rotation> rotations = rotaries.forward(pass);
        Kernels forBlocks = trace == Trace.OFF ? kernels.forBlocks() : kernels;
        for (int layer = 0; layer < blocks.size(); layer++) {
            x = blocks.get(layer).forward(x, new ForwardPass(forBlocks, trace, batch, rotations.get(layer)));
            forBlocks.blockIsDone();
        }
        return normed(x, pass);
    }

    private Tensor normed(Tensor x, ForwardPass pass) {
        return lnF == null ? x : lnF.forward(x, pass);
    }

    /** The logits of the next token, from hidden states. (L, C) -> (L, V) */
    public Tensor logits(Tensor hidden, Kernels kernels, Trace trace) {
        return head.forward(hidden, new ForwardPass(kernels, trace, new Batch(List.of()), Rotary.Rotation.NONE));
    }

    /**
     * The logit lens (nostalgebraist, 2020): final norm and head applied to the residual stream at any point. After the last
     * block it gives the logits of the model. (T, C) -> (T, V)
     */
    public Tensor lens(Tensor x, Kernels kernels) {
        ForwardPass pass = new ForwardPass(kernels, Trace.OFF, new Batch(List.of()), Rotary.Rotation.NONE);
        return logits(normed(x, pass), kernels, Trace.OFF);
    }

    /** Throws a {@link TouchstoneException} if an id is not in the vocabulary. */
    public void checkIds(int[] ids) {
        InputCheck.ids(ids, shape);
    }
}
