package dev.touchstone.model;

import dev.touchstone.tensor.Tensor;

/**
 * {@code (x - mean) / sqrt(variance + epsilon) * gain + bias} for each token (Ba et al., 2016); {@code nn.LayerNorm}. (C), (C)
 *
 * @param name the module path and tap name, such as {@code h.0.ln_1}
 * @param gain {@code weight} in PyTorch
 */
public record LayerNorm(String name, float[] gain, float[] bias, double epsilon) implements Norm {
    @Override
    public Tensor forward(Tensor x, ForwardPass pass) {
        return pass.trace().of(name, pass.kernels().layerNorm(x, gain, bias, epsilon));
    }
}
