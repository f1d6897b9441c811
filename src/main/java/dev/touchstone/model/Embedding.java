package dev.touchstone.model;

import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Tensor;

/**
 * A table of vectors, looked up by number: tokens ({@code wte}) or learned positions ({@code wpe}). (C, V)
 *
 * @param scale what the vectors are multiplied by: 1, or the root of the channels
 */
public record Embedding(String name, Matrix table, float scale) {
    /** As they are. */
    public Embedding(String name, Matrix table) {
        this(name, table, 1);
    }

    /** (T) -> (T, C) */
    Tensor forward(int[] ids, ForwardPass pass) {
        Tensor rows = pass.kernels().embed(ids, table);
        return pass.trace().of(name, scale == 1 ? rows : pass.kernels().scale(rows, scale));
    }
}
