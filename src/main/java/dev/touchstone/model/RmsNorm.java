package dev.touchstone.model;

import dev.touchstone.tensor.Tensor;

/**
 * Each row, or each head of a row, brought to a mean square of 1, then scaled per channel (Zhang and Sennrich, 2019). (C)
 *
 * @param gainOffset added to every stored gain: 1 in Gemma, 0 elsewhere
 */
public record RmsNorm(String name, float[] gain, float gainOffset, double epsilon) implements Norm {
    @Override
    public Tensor forward(Tensor x, ForwardPass pass) {
        return pass.trace().of(name, pass.kernels().rmsNorm(x, gain, gainOffset, epsilon));
    }
}
