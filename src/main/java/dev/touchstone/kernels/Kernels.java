package dev.touchstone.kernels;

import dev.touchstone.tensor.KeyValuePages;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Tensor;
import java.util.List;

/**
 * The operations of the forward pass. {@link ScalarKernels} defines the order of accumulation of each; all implementations
 * return the same bits, and the bits of a row do not depend on other rows. Arguments are not modified.
 *
 * <p>Axes: {@code T} new tokens, {@code S} cached tokens including the new ones, {@code C} channels, {@code H} query heads,
 * {@code G} key-value heads, {@code D} channels of a head, {@code E} channels of a value, which is
 * D in most models, {@code R} channels of a head with rotary embeddings, {@code I}
 * inputs, {@code O} outputs, {@code V} vocabulary.
 */
public interface Kernels extends AutoCloseable {
    /** Prepares for products with a weight matrix, before its weights are read. Without this call they are slower at first. */
    default void expect(Matrix weight) {}

    /** Embedding lookup: row {@code ids[t]} of the table for each token. (T), (C, V) -> (T, C) */
    Tensor embed(int[] ids, Matrix table);

    /** {@code a + b}. (T, C), (T, C) -> (T, C) */
    Tensor add(Tensor a, Tensor b);

    /**
     * {@code x W + b}. (T, I), (I, O), (O) -> (T, O)
     *
     * @param bias null for no bias
     */
    Tensor linear(Tensor x, Matrix weight, float[] bias);

    /**
     * LayerNorm of each row: {@code (x - mean) / sqrt(variance + epsilon) * gain + bias}. Mean, variance and result are computed
     * in double and rounded once. (T, C), (C), (C) -> (T, C)
     *
     * @param gain null for gains of 1. If there are more of them than channels, the rows use them in turn, such as the H heads of
     *     each token: (T H, D), (H D)
     * @param bias as many as there are gains; null for no bias
     */
    Tensor layerNorm(Tensor x, float[] gain, float[] bias, double epsilon);

    /**
     * RMSNorm of each group of as many channels as there are gains, which is a row or a head:
     * {@code x / sqrt(mean(x²) + epsilon) * (gainOffset + gain)}, computed in double and rounded once. (T, C), (C or D) -> (T, C)
     *
     * @param gainOffset 1 in Gemma, else 0
     */
    Tensor rmsNorm(Tensor x, float[] gain, float gainOffset, double epsilon);

    /** An activation function, element by element. (T, C) -> (T, C) */
    Tensor activate(Tensor x, Activation activation);

    /** {@code a b}, element by element. (T, C), (T, C) -> (T, C) */
    Tensor multiply(Tensor a, Tensor b);

    /** {@code factor x}. (T, C) -> (T, C) */
    Tensor scale(Tensor x, float factor);

    /** {@code min(max(x, low), high)}, element by element. (T, C) -> (T, C) */
    Tensor clamp(Tensor x, float low, float high);

    /** {@code cap tanh(x / cap)}: values between {@code -cap} and {@code cap}. (T, C) -> (T, C) */
    Tensor softCap(Tensor x, float cap);

    /**
     * Rotary embedding (Su et al., 2021): rotates pairs of the first {@code R} channels of every head and copies the others.
     * (T, H D), (T, 2 R) -> (T, H D)
     *
     * @param angles of each token {@code R} cosines, then {@code R} sines; see {@link Angles#table}
     */
    Tensor rotate(Tensor x, Tensor angles, int headSize, RotaryLayout layout);

    /** Of every {@code step} columns, those from {@code from} to {@code from + width}. (T, C) -> (T, C / step * width) */
    Tensor columns(Tensor x, int from, int width, int step);

    /** Appends rows {@code from} (inclusive) to {@code to} (exclusive) of keys and values to the cache. (T, G D), (T, G E) */
    default void append(Tensor k, Tensor v, int from, int to, KeyValuePages cache) {
        cache.append(k, v, from, to);
    }

    /**
     * Attention scores, {@code q kᵀ} per head with the scale, bias and cap of {@code scoring}. The last query is at the last
     * cached position; a score is {@code -inf} where the key is later than the query or outside its window. If the cache has
     * fewer heads, {@code H / G} neighbouring query heads share one. (T, H D), keys (G, D, S) -> (H, T, S)
     */
    Tensor scores(Tensor q, KeyValuePages cache, Scoring scoring);

    /** {@code exp(x - max) / sum} along the last axis. (H, T, S) -> (H, T, S) */
    Tensor softmax(Tensor scores);

    /**
     * The same with a further score for each head, the attention sink, whose probability is left out, so that a row sums to less than 1.
     * (H, T, S), (H) -> (H, T, S)
     *
     * @param sinks empty for none
     */
    default Tensor softmax(Tensor scores, List<Float> sinks) {
        return sinks.isEmpty() ? softmax(scores) : Sinks.remove(softmax(Sinks.append(scores, sinks)));
    }

    /**
     * The sum of values weighted by attention probabilities, over the positions that a query attends to; heads are concatenated.
     * (H, T, S), values (G, S, E) -> (T, H E)
     */
    Tensor weightedSum(Tensor probs, KeyValuePages cache, Scoring scoring);

    /** Scores, softmax and weighted sum in one operation. (T, H D), keys (G, S, D), values (G, S, E) -> (T, H E) */
    default Tensor attend(Tensor q, KeyValuePages cache, Scoring scoring) {
        return weightedSum(softmax(scores(q, cache, scoring), scoring.sinks()), cache, scoring);
    }

    /**
     * The same operations for the blocks of one forward pass without a trace. A tensor that they return is valid until the
     * block after its own is done; then its array may be reused.
     */
    default Kernels forBlocks() {
        return this;
    }

    /** Called after each block of such a pass. */
    default void blockIsDone() {}

    /** Ends the threads of these kernels, if they have any. */
    @Override
    default void close() {}
}
