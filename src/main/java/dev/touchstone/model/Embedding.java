package dev.touchstone.model;

import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Tensor;

/**
 * An embedding table, {@code nn.Embedding}: a vector for each token ({@code wte}) or each position ({@code wpe}). (C, V)
 *
 * @param name the module path and tap name, such as {@code wte}
 * @param table column {@code v} is the vector of id {@code v}
 * @param scale a factor on the vectors: {@code sqrt(C)} in Gemma and XGLM, else 1
 */
public record Embedding(String name, Matrix table, float scale) {
    /** Without a scale. */
    public Embedding(String name, Matrix table) {
        this(name, table, 1);
    }

    /** (T) -> (T, C) */
    Tensor forward(int[] ids, ForwardPass pass) {
        Tensor rows = pass.kernels().embed(ids, table);
        return pass.trace().of(name, scale == 1 ? rows : pass.kernels().scale(rows, scale));
    }
}
