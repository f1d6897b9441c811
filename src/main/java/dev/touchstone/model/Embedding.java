package dev.touchstone.model;

import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Tensor;

/** A table of vectors, looked up by number: tokens ({@code wte}) or learned positions ({@code wpe}). (C, V) */
public record Embedding(String name, Matrix table) {
    /** (T) -> (T, C) */
    Tensor forward(int[] ids, ForwardPass pass) {
        return pass.trace().of(name, pass.kernels().embed(ids, table));
    }
}
