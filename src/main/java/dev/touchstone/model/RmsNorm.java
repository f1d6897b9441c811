package dev.touchstone.model;

import dev.touchstone.tensor.Tensor;

/**
 * {@code x / sqrt(mean(x²) + epsilon) * (gainOffset + gain)} for each token, or for each head of a token (Zhang and Sennrich,
 * 2019). (C) or (D); (H D) for all queries together
 *
 * @param name the module path and tap name, such as {@code layers.0.input_layernorm}
 * @param gain {@code weight} in PyTorch
 * @param gainOffset added to the stored weight: 1 in Gemma, else 0
 */
public record RmsNorm(String name, float[] gain, float gainOffset, double epsilon) implements Norm {
    @Override
    public Tensor forward(Tensor x, ForwardPass pass) {
        return pass.trace().of(name, pass.kernels().rmsNorm(x, gain, gainOffset, epsilon));
    }
}
