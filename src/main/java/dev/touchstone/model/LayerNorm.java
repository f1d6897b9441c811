package dev.touchstone.model;

import dev.touchstone.tensor.Tensor;

/**
 * {@code (x - mean) / sqrt(variance + epsilon) * gain + bias} for each token, or for each head of a token (Ba et al., 2016);
 * {@code nn.LayerNorm}.
 *
 * @param name the module path and tap name, such as {@code h.0.ln_1}
 * @param size the number of channels that are normalized together: C, or D of a head
 * @param gain {@code weight} in PyTorch; null if there is none, as in OLMo. (C), or (H D) for heads with gains of their own
 * @param bias null if there is none, as in Cohere. As many as gains
 */
public record LayerNorm(String name, int size, float[] gain, float[] bias, double epsilon) implements Norm {
    /** A norm of whole tokens, with gain and bias. */
    public LayerNorm(String name, float[] gain, float[] bias, double epsilon) {
        this(name, gain.length, gain, bias, epsilon);
    }

    @Override
    public Tensor forward(Tensor x, ForwardPass pass) {
        return pass.trace().of(name, size == x.size(-1) ? norm(x, pass) : ofHeads(x, pass));
    }

    private Tensor ofHeads(Tensor x, ForwardPass pass) {
        Tensor heads = norm(Tensor.of(x.data(), x.size() / size, size), pass);
        return Tensor.of(heads.data(), x.shape());
    }

    private Tensor norm(Tensor rows, ForwardPass pass) {
        return pass.kernels().layerNorm(rows, gain, bias, epsilon);
    }
}
