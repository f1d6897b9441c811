package dev.touchstone.kernels;

import dev.touchstone.tensor.KeyValuePages;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Tensor;

/**
 * Every operation of the forward pass, with its shapes. Each has one order of accumulation, stated and spelled out in
 * {@link ScalarKernels}; every implementation returns the same bits, and a row's bits do not depend on the other rows.
 * Axes: {@code T} tokens now, {@code S} tokens so far, {@code C} channels, {@code H} heads, {@code I} inputs, {@code O}
 * outputs, {@code V} vocabulary.
 */
public interface Kernels {
    /** Row {@code ids[t]} of the table for each token. (T), (C, V) -> (T, C) */
    Tensor embed(int[] ids, Matrix table);

    /** Element by element. (T, C), (T, C) -> (T, C) */
    Tensor add(Tensor a, Tensor b);

    /** {@code x W + b}; {@code bias} may be null. (T, I), (I, O), (O) -> (T, O) */
    Tensor linear(Tensor x, Matrix weight, float[] bias);

    /** {@code (x - mean) / sqrt(variance + epsilon) * gain + bias} for each row. (T, C), (C), (C) -> (T, C) */
    Tensor layerNorm(Tensor x, float[] gain, float[] bias, double epsilon);

    /** Element by element. (T, C) -> (T, C) */
    Tensor activate(Tensor x, Activation activation);

    /**
     * {@code q kᵀ scale} per head, {@code -inf} where a query would see the future: the last query stands at the last
     * cached position. (T, C), keys (H, D, S) -> (H, T, S)
     */
    Tensor scores(Tensor q, KeyValuePages cache, float scale);

    /** {@code exp(x - max) / sum} along the last axis. (H, T, S) -> (H, T, S) */
    Tensor softmax(Tensor scores);

    /** The values, weighted by the probabilities, heads side by side. (H, T, S), values (H, S, D) -> (T, C) */
    Tensor mix(Tensor probs, KeyValuePages cache);

    /** Those three one after the other, for whoever needs only the last. (T, C), keys and values (S) -> (T, C) */
    default Tensor attend(Tensor q, KeyValuePages cache, float scale) {
        return mix(softmax(scores(q, cache, scale)), cache);
    }
}
