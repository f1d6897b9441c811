package dev.touchstone.model;

import dev.touchstone.tensor.Tensor;

/** The layer of a block after attention, which computes each token independently: an {@link Mlp} or several of them. */
public sealed interface FeedForward permits Mlp, MixtureOfExperts {
    /** The module path; null if the layer is no module of its own, as in OPT. */
    String name();

    /** The tap name of the output. */
    default String tap() {
        return name();
    }

    /** The activation function; of a mixture that of its experts. */
    Mlp.NamedActivation activation();

    /** (T, C) -> (T, C) */
    Tensor forward(Tensor x, ForwardPass pass);
}
