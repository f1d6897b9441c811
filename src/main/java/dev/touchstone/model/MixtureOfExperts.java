package dev.touchstone.model;

import dev.touchstone.tensor.Tensor;

/**
 * A mixture of experts (Shazeer et al., 2017): a router chooses a few of many gated MLPs for each token, and the output is the
 * weighted sum of theirs. Only the weights of chosen experts are read.
 *
 * @param name the module path and tap name, such as {@code layers.0.mlp}
 * @param shared an MLP whose output is added for every token; null if there is none
 */
public record MixtureOfExperts(String name, Router router, Experts experts, Shared shared) implements FeedForward {
    /**
     * A shared expert.
     *
     * @param gate the output of the MLP is multiplied by the sigmoid of this layer's, as in Qwen2-MoE; null if there is none. (C, 1)
     */
    public record Shared(Mlp mlp, Linear gate) {
        /** (T, C) -> (T, C) */
        Tensor forward(Tensor x, ForwardPass pass) {
            Tensor y = mlp.forward(x, pass);
            return gate == null ? y : gated(y, gate.forward(x, pass));
        }

        /** Multiplies each row by the sigmoid of its logit. (T, C), (T, 1) -> (T, C) */
        private static Tensor gated(Tensor y, Tensor logits) {
            Tensor product = Tensor.zeros(y.shape());
            for (int token = 0; token < y.rows(); token++) {
                double sigmoid = 1 / (1 + StrictMath.exp(-logits.data()[token]));
                for (int c = 0; c < y.size(-1); c++) {
                    product.data()[token * y.size(-1) + c] = (float) (sigmoid * y.at(token, c));
                }
            }
            return product;
        }
    }

    @Override
    public Mlp.NamedActivation activation() {
        return experts.activation();
    }

    @Override
    public Tensor forward(Tensor x, ForwardPass pass) {
        Tensor y = experts.forward(x, router.forward(x, pass), pass);
        return pass.trace().of(name, shared == null ? y : pass.kernels().add(y, shared.forward(x, pass)));
    }
}
