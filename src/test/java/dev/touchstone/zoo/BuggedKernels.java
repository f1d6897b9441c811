package dev.touchstone.zoo;

import dev.touchstone.kernels.Activation;
import dev.touchstone.kernels.Kernels;
import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.tensor.KeyValuePages;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Tensor;

/** The scalar kernels, for a bug to override one operation. */
abstract class BuggedKernels implements Kernels {
    private final Kernels sound = new ScalarKernels();

    @Override
    public Tensor embed(int[] ids, Matrix table) {
        return sound.embed(ids, table);
    }

    @Override
    public Tensor add(Tensor a, Tensor b) {
        return sound.add(a, b);
    }

    @Override
    public Tensor linear(Tensor x, Matrix weight, float[] bias) {
        return sound.linear(x, weight, bias);
    }

    @Override
    public Tensor layerNorm(Tensor x, float[] gain, float[] bias, double epsilon) {
        return sound.layerNorm(x, gain, bias, epsilon);
    }

    @Override
    public Tensor activate(Tensor x, Activation activation) {
        return sound.activate(x, activation);
    }

    @Override
    public Tensor scores(Tensor q, KeyValuePages cache, float scale) {
        return sound.scores(q, cache, scale);
    }

    @Override
    public Tensor softmax(Tensor scores) {
        return sound.softmax(scores);
    }

    @Override
    public Tensor mix(Tensor probs, KeyValuePages cache) {
        return sound.mix(probs, cache);
    }
}
