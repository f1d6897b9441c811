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
 * @param scaleInputs whether the weights of the experts multiply their inputs instead of their outputs, as in Llama 4
 * @param limit if above 0, {@code down(act(min(gate(x), limit)) * (1 + up(x)))} with {@code up(x)} from {@code -limit} to {@code limit}, as
 *     in gpt-oss
 */
public record Experts(
        String name,
        Projection gate,
        NamedActivation activation,
        Projection up,
        Projection down,
        boolean scaleInputs,
        float limit) {
    /** The weights multiply the outputs. */
    public Experts(
            String name, Projection gate, NamedActivation activation, Projection up, Projection down, float limit) {
        this(name, gate, activation, up, down, false, limit);
    }

    /**
     * A linear layer of each expert.
     *
     * @param name the tap name, such as {@code layers.0.mlp.experts.up_proj}
     * @param weights of each expert. (I, O)
     * @param biases of each expert; empty if there are none. (O)
     */
    public record Projection(String name, List<Matrix> weights, List<float[]> biases) {
        public Projection {
            weights = List.copyOf(weights);
            biases = List.copyOf(biases);
        }

        /** Without biases. */
        public Projection(String name, List<Matrix> weights) {
            this(name, weights, List.of());
        }

        /** Multiplies the slots of each expert by its matrix: a product for each expert that is chosen. (T K, I) -> (T K, O) */
        Tensor forward(Tensor slots, Routing routing, ForwardPass pass) {
            int O = weights.get(0).outputs();
            Tensor y = Tensor.zeros(slots.rows(), O);
            for (int expert = 0; expert < weights.size(); expert++) {
                int[] chosen = routing.slotsOf(expert);
                if (chosen.length > 0) {
                    float[] bias = biases.isEmpty() ? null : biases.get(expert);
                    Tensor product = pass.kernels().linear(slots.rows(chosen), weights.get(expert), bias);
                    for (int i = 0; i < chosen.length; i++) {
                        System.arraycopy(product.data(), i * O, y.data(), chosen[i] * O, O);
                    }
                }
            }
            return traced(name, y, routing, pass);
        }
    }

    /** The sum of the outputs of each token's experts, weighted if the inputs are not. (T, C) -> (T, C) */
    Tensor forward(Tensor x, Routing routing, ForwardPass pass) {
        Tensor slots = scaleInputs ? routing.inWeightedSlots(x) : routing.inSlots(x);
        Tensor x1 = gate.forward(slots, routing, pass);
        Tensor limited = limit > 0 ? pass.kernels().clamp(x1, Float.NEGATIVE_INFINITY, limit) : x1;
        Tensor act = traced(activation.name(), pass.kernels().activate(limited, activation.function()), routing, pass);
        Tensor x2 = up.forward(slots, routing, pass);
        Tensor h = limit > 0
                ? timesOneMore(act, pass.kernels().clamp(x2, -limit, limit))
                : pass.kernels().multiply(act, x2);
        return pass.trace().of(name, routing.sum(down.forward(h, routing, pass), !scaleInputs));
    }

    /** {@code a (b + 1)}, computed in double and rounded once. */
    private static Tensor timesOneMore(Tensor a, Tensor b) {
        Tensor product = Tensor.zeros(a.shape());
        for (int i = 0; i < a.size(); i++) {
            product.data()[i] = (float) (a.data()[i] * (b.data()[i] + 1.0));
        }
        return product;
    }

    /** A trace receives the slots of a token as one row. (T K, O) -> (T K, O) */
    private static Tensor traced(String name, Tensor slots, Routing routing, ForwardPass pass) {
        int K = routing.perToken();
        Tensor rows = Tensor.of(slots.data(), slots.rows() / K, K * slots.size(-1));
        return Tensor.of(pass.trace().of(name, rows).data(), slots.shape());
    }
}
