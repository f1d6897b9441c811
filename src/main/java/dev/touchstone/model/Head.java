package dev.touchstone.model;

import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Tensor;

/**
 * From channels to a score for each token. (C, V), (V)
 *
 * @param weight the same matrix as the token embedding where the two are tied
 * @param bias null where there is none
 * @param cap where above 0, logits are brought between {@code -cap} and {@code cap} by {@code cap tanh(logit / cap)}
 */
public record Head(String name, Matrix weight, float[] bias, float cap) {
    /** Without bias or cap. */
    public Head(String name, Matrix weight) {
        this(name, weight, null, 0);
    }

    /** (W, C) -> (W, V) */
    Tensor forward(Tensor x, ForwardPass pass) {
        Tensor logits = pass.kernels().linear(x, weight, bias);
        return pass.trace().of("logits", cap > 0 ? pass.kernels().softCap(logits, cap) : logits);
    }
}
