package dev.touchstone.model;

import dev.touchstone.kernels.Kernels;
import dev.touchstone.tensor.KeyValuePages;
import dev.touchstone.tensor.PageSource;
import dev.touchstone.tensor.Tensor;
import dev.touchstone.util.TouchstoneException;
import java.util.Arrays;
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

    /**
     * A model with the same rotary embedding in all layers.
     *
     * @param rotary null if the model has no rotary embeddings
     */
    public Transformer(Shape shape, Stem stem, Rotary rotary, List<Block> blocks, Norm lnF, Head head) {
        this(shape, stem, LayerRotaries.same(rotary, blocks.size()), blocks, lnF, head);
    }

    /** An empty cache for one sequence. */
    public KvCache newCache() {
        return newCache(PageSource.HEAP);
    }

    /** An empty cache for one sequence. Its pages come from {@code source}: call {@link KvCache#release} in the end. */
    public KvCache newCache(PageSource source) {
        return new KvCache(blocks.stream()
                .map(block -> new KeyValuePages(
                        block.attn().projections().cacheShape(shape),
                        block.attn().scoring().window(),
                        source))
                .toList());
    }

    /** The memory of a page of a cache, in bytes. It is the same in all layers. */
    public long pageBytes() {
        return blocks.get(0).attn().projections().cacheShape(shape).pageBytes();
    }

    /**
     * Whether sequences with the same beginning have the same keys and values for it. False if the keys depend on the length of the
     * sequence, as in LongRoPE.
     */
    public boolean sharesBeginnings() {
        return rotaries.all().stream().allMatch(rotary -> rotary.longer() == null);
    }

    /** The length up to which a sequence of {@code length} tokens may grow without other rotary frequencies. */
    public int lengthOfSameFrequencies(int length) {
        return rotaries.lengthOfSameFrequencies(length);
    }

    /** The largest number of pages of a cache until it has {@code length} tokens, {@code step} or fewer of them at a time. */
    public int mostPages(int length, int step) {
        return blocks.stream()
                .mapToInt(
                        block -> KeyValuePages.mostPages(block.attn().scoring().window(), length, step))
                .sum();
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
        check(batch);
        if (!sharesBeginnings()) {
            batch.sequences().forEach(sequence -> renew(sequence, kernels));
        }
        return stream(batch, kernels, trace);
    }

    /** Computes the keys and values in the cache again if the sequence has become longer than the trained context, or shorter. */
    private void renew(Batch.Sequence sequence, Kernels kernels) {
        KvCache cache = sequence.cache();
        int[] again = cache.switchTo(rotaries.isLonger(sequence.length()));
        for (int from = 0; from < again.length; from += KeyValuePages.POSITIONS) {
            int[] ids = Arrays.copyOfRange(again, from, Math.min(from + KeyValuePages.POSITIONS, again.length));
            stream(new Batch(List.of(new Batch.Sequence(ids, cache, 0))), kernels, Trace.OFF);
        }
        cache.append(sequence.ids());
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

    private void check(Batch batch) {
        for (Batch.Sequence sequence : batch.sequences()) {
            if (sequence.ids().length == 0) {
                throw new TouchstoneException("the prompt is empty: give at least one token");
            }
            int length = sequence.length();
            if (length > shape.positions) {
                throw new TouchstoneException("the sequence has " + length + " tokens, the model has positions for "
                        + shape.positions + "; shorten it");
            }
            checkIds(sequence.ids());
        }
    }

    /** Throws a {@link TouchstoneException} if an id is not in the vocabulary. */
    public void checkIds(int[] ids) {
        for (int id : ids) {
            if (id < 0 || id >= shape.vocabulary) {
                throw new TouchstoneException(
                        "token id " + id + " is not in the vocabulary; ids go from 0 to " + (shape.vocabulary - 1));
            }
        }
    }
}
