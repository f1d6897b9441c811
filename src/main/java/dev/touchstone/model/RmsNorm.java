package dev.touchstone.model;

import dev.touchstone.tensor.Tensor;

/**
 * Each row, or each head of a row, brought to a mean square of 1, then scaled per channel (Zhang and Sennrich, 2019). (C)
 *
 * @param plus what the gains are told from: 0, or 1 where a checkpoint has the distances from 1, as Gemma's
 */
public record RmsNorm(String name, float[] gain, float plus, double epsilon) implements Norm {
    @Override
    public Tensor forward(Tensor x, ForwardPass pass) {
        return pass.trace().of(name, pass.kernels().rmsNorm(x, gain, plus, epsilon));
    }
}
