package dev.touchstone.model;

import dev.touchstone.model.Mlp.NamedActivation;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Tensor;
import java.util.List;

/**
 * The experts of a mixture, gated MLPs of equal size: {@code down(act(gate(x)) * up(x))}. Their taps have the K experts of each
 * token side by side: (T, K I) or (T, K C).
 *
 * @param name the module path and tap name of the weighted sum, such as {@code layers.0.mlp.experts}
 */
public record Experts(String name, Projection gate, NamedActivation activation, Projection up, Projection down) {
    /**
     * A linear layer of each expert.
     *
     * @param name the tap name, such as {@code layers.0.mlp.experts.up_proj}
     * @param weights of each expert. (I, O)
     */
    public record Projection(String name, List<Matrix> weights) {
        public Projection {
            weights = List.copyOf(weights);
        }

        /** Multiplies the slots of each expert by its matrix: a product for each expert that is chosen. (T K, I) -> (T K, O) */
        Tensor forward(Tensor slots, Routing routing, ForwardPass pass) {
            int O = weights.get(0).outputs();
            Tensor y = Tensor.zeros(slots.rows(), O);
            for (int expert = 0; expert < weights.size(); expert++) {
                int[] chosen = routing.slotsOf(expert);
                if (chosen.length > 0) {
                    Tensor product = pass.kernels().linear(slots.rows(chosen), weights.get(expert), null);
                    for (int i = 0; i < chosen.length; i++) {
                        System.arraycopy(product.data(), i * O, y.data(), chosen[i] * O, O);
                    }
                }
            }
            return traced(name, y, routing, pass);
        }
    }

    /** The weighted sum of the outputs of each token's experts. (T, C) -> (T, C) */
    Tensor forward(Tensor x, Routing routing, ForwardPass pass) {
        Tensor slots = routing.inSlots(x);
        Tensor gated = pass.kernels().activate(gate.forward(slots, routing, pass), activation.function());
        gated = traced(activation.name(), gated, routing, pass);
        Tensor h = pass.kernels().multiply(gated, up.forward(slots, routing, pass));
        return pass.trace().of(name, routing.sum(down.forward(h, routing, pass)));
    }

    /** A trace receives the slots of a token as one row. (T K, O) -> (T K, O) */
    private static Tensor traced(String name, Tensor slots, Routing routing, ForwardPass pass) {
        int K = routing.perToken();
        Tensor rows = Tensor.of(slots.data(), slots.rows() / K, K * slots.size(-1));
        return Tensor.of(pass.trace().of(name, rows).data(), slots.shape());
    }
}
