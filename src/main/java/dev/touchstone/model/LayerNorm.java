package dev.touchstone.model;

import dev.touchstone.tensor.Tensor;

/** Each row brought to mean 0 and variance 1, then scaled and shifted per channel. (C), (C) */
public record LayerNorm(String name, float[] gain, float[] bias, double epsilon) implements Norm {
    @Override
    public Tensor forward(Tensor x, ForwardPass pass) {
        return pass.trace().of(name, pass.kernels().layerNorm(x, gain, bias, epsilon));
    }
}
