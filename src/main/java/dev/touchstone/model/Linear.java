package dev.touchstone.model;

import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Tensor;

/**
 * {@code x W + b}: {@code nn.Linear}, and Hugging Face's {@code Conv1D}. (I, O), (O)
 *
 * @param name the module path and tap name, such as {@code h.0.mlp.c_fc}
 * @param bias null if there is none
 */
public record Linear(String name, Matrix weight, float[] bias) {
    /** (T, I) -> (T, O) */
    Tensor forward(Tensor x, ForwardPass pass) {
        return pass.trace().of(name, pass.kernels().linear(x, weight, bias));
    }
}
