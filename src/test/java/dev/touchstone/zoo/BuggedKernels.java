package dev.touchstone.zoo;

import dev.touchstone.kernels.Activation;
import dev.touchstone.kernels.Kernels;
import dev.touchstone.kernels.RotaryLayout;
import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.kernels.Scoring;
import dev.touchstone.tensor.KeyValuePages;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Tensor;

/** The scalar kernels; a bug overrides one operation. */
abstract class BuggedKernels implements Kernels {
    private final Kernels scalar = new ScalarKernels();

    @Override
    public Tensor embed(int[] ids, Matrix table) {
        return scalar.embed(ids, table);
    }

    @Override
    public Tensor add(Tensor a, Tensor b) {
        return scalar.add(a, b);
    }

    @Override
    public Tensor linear(Tensor x, Matrix weight, float[] bias) {
        return scalar.linear(x, weight, bias);
    }

    @Override
    public Tensor layerNorm(Tensor x, float[] gain, float[] bias, double epsilon) {
        return scalar.layerNorm(x, gain, bias, epsilon);
    }

    @Override
    public Tensor rmsNorm(Tensor x, float[] gain, float gainOffset, double epsilon) {
        return scalar.rmsNorm(x, gain, gainOffset, epsilon);
    }

    @Override
    public Tensor multiply(Tensor a, Tensor b) {
        return scalar.multiply(a, b);
    }

    @Override
    public Tensor scale(Tensor x, float factor) {
        return scalar.scale(x, factor);
    }

    @Override
    public Tensor clamp(Tensor x, float low, float high) {
        return scalar.clamp(x, low, high);
    }

    @Override
    public Tensor softCap(Tensor x, float cap) {
        return scalar.softCap(x, cap);
    }

    @Override
    public Tensor rotate(Tensor x, Tensor angles, int headSize, RotaryLayout layout) {
        return scalar.rotate(x, angles, headSize, layout);
    }

    @Override
    public Tensor columns(Tensor x, int from, int width, int step) {
        return scalar.columns(x, from, width, step);
    }

    @Override
    public Tensor activate(Tensor x, Activation activation) {
        return scalar.activate(x, activation);
    }

    @Override
    public Tensor scores(Tensor q, KeyValuePages cache, Scoring scoring) {
        return scalar.scores(q, cache, scoring);
    }

    @Override
    public Tensor softmax(Tensor scores) {
        return scalar.softmax(scores);
    }

    @Override
    public Tensor weightedSum(Tensor probs, KeyValuePages cache, Scoring scoring) {
        return scalar.weightedSum(probs, cache, scoring);
    }
}
