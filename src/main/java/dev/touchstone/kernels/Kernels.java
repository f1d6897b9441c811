package dev.touchstone.kernels;

import dev.touchstone.tensor.KeyValuePages;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Tensor;

/**
 * Every operation of the forward pass, with its shapes. Each has one order of accumulation, stated and spelled out in
 * {@link ScalarKernels}; every implementation returns the same bits, and a row's bits do not depend on the other rows.
 * Axes: {@code T} tokens now, {@code S} tokens so far, {@code C} channels, {@code H} heads, {@code G} heads of keys and
 * values, {@code D} channels of a head, {@code I} inputs, {@code O} outputs, {@code V} vocabulary.
 */
public interface Kernels extends AutoCloseable {
    /** Row {@code ids[t]} of the table for each token. (T), (C, V) -> (T, C) */
    Tensor embed(int[] ids, Matrix table);

    /** Element by element. (T, C), (T, C) -> (T, C) */
    Tensor add(Tensor a, Tensor b);

    /** {@code x W + b}; {@code bias} may be null. (T, I), (I, O), (O) -> (T, O) */
    Tensor linear(Tensor x, Matrix weight, float[] bias);

    /** {@code (x - mean) / sqrt(variance + epsilon) * gain + bias} for each row. (T, C), (C), (C) -> (T, C) */
    Tensor layerNorm(Tensor x, float[] gain, float[] bias, double epsilon);

    /**
     * {@code x / sqrt(mean of squares + epsilon) * (gainOffset + gain)} for each stretch of as many channels as there are gains,
     * which may be a row or a head. (T, C), (C or D) -> (T, C)
     */
    Tensor rmsNorm(Tensor x, float[] gain, float gainOffset, double epsilon);

    /** Element by element. (T, C) -> (T, C) */
    Tensor activate(Tensor x, Activation activation);

    /** Element by element. (T, C), (T, C) -> (T, C) */
    Tensor multiply(Tensor a, Tensor b);

    /** Each element times {@code factor}. (T, C) -> (T, C) */
    Tensor scale(Tensor x, float factor);

    /** {@code cap tanh(x / cap)}, element by element. (T, C) -> (T, C) */
    Tensor softCap(Tensor x, float cap);

    /**
     * Turns the first {@code R} channels of every head, a pair at a time, by the angle of its token and pair; the others
     * stay. The angles come as {@code R} cosines, then {@code R} sines, of which a pair has its own at both of its
     * channels. (T, H D), (T, 2 R) -> (T, H D)
     */
    Tensor rotate(Tensor x, Tensor angles, int headSize, RotaryLayout layout);

    /** {@code width} columns of every {@code step}, from column {@code from} on. (T, C) -> (T, C / step * width) */
    Tensor columns(Tensor x, int from, int width, int step);

    /** The rows {@code from} until {@code to} of keys and values become the next positions. (T, G D), (T, G D) */
    default void append(Tensor k, Tensor v, int from, int to, KeyValuePages cache) {
        cache.append(k, v, from, to);
    }

    /**
     * {@code q kᵀ} per head, made scores of as {@code scoring} says; {@code -inf} where a query would see the future or
     * past its window: the last query stands at the last cached position. Where the cache has fewer heads, neighbouring
     * queries share one. (T, H D), keys (G, D, S) -> (H, T, S)
     */
    Tensor scores(Tensor q, KeyValuePages cache, Scoring scoring);

    /** {@code exp(x - max) / sum} along the last axis. (H, T, S) -> (H, T, S) */
    Tensor softmax(Tensor scores);

    /**
     * The values that a query sees, weighted by the probabilities, heads side by side. (H, T, S), values (G, S, D) ->
     * (T, H D)
     */
    Tensor weightedSum(Tensor probs, KeyValuePages cache, Scoring scoring);

    /** Those three one after the other, for whoever needs only the last. (T, H D), keys and values (S) -> (T, H D) */
    default Tensor attend(Tensor q, KeyValuePages cache, Scoring scoring) {
        return weightedSum(softmax(scores(q, cache, scoring)), cache, scoring);
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
