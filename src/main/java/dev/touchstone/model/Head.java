package dev.touchstone.model;

import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Tensor;

/**
 * The output projection from channels to logits, Hugging Face's {@code lm_head}. (C, V), (V)
 *
 * @param name the module path of the weights; the tap of the output is {@link #LOGITS}
 * @param projection from the width of the residual stream to that of the embedding, as in OPT-350M; null if they are equal
 * @param weight the matrix of the token embedding if the two are tied
 * @param bias null if there is none
 * @param scale a factor on the logits: {@code logit_scale} in Cohere, {@code 1 / logits_scaling} in Granite, else 1
 * @param cap if above 0, logits are soft-capped: {@code cap tanh(logit / cap)}, as in Gemma 2
 */
public record Head(String name, Linear projection, Matrix weight, float[] bias, float scale, float cap) {
    /** The tap of the output. */
    public static final String LOGITS = "logits";

    /** Without projection, bias, scale or soft cap. */
    public Head(String name, Matrix weight) {
        this(name, weight, null, 0);
    }

    /** Without a projection. */
    public Head(String name, Matrix weight, float[] bias, float scale, float cap) {
        this(name, null, weight, bias, scale, cap);
    }

    /** Without projection or scale. */
    public Head(String name, Matrix weight, float[] bias, float cap) {
        this(name, weight, bias, 1, cap);
    }

    /** (L, C) -> (L, V) */
    Tensor forward(Tensor x, ForwardPass pass) {
        Tensor input = projection == null ? x : projection.forward(x, pass);
        Tensor logits = pass.kernels().linear(input, weight, bias);
        logits = scale == 1 ? logits : pass.kernels().scale(logits, scale);
        return pass.trace().of(LOGITS, cap > 0 ? pass.kernels().softCap(logits, cap) : logits);
    }
}
