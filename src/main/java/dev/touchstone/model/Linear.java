package dev.touchstone.model;

import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Tensor;

/** {@code x W + b}: Hugging Face's {@code Conv1D} and {@code nn.Linear}. The bias may be null. (I, O), (O) */
public record Linear(String name, Matrix weight, float[] bias) {
    /** (T, I) -> (T, O) */
    Tensor forward(Tensor x, ForwardPass pass) {
        return pass.trace().of(name, pass.kernels().linear(x, weight, bias));
    }
}
