package dev.touchstone.model;

import dev.touchstone.kernels.Activation;
import dev.touchstone.tensor.Tensor;

/**
 * Chooses the experts of each token, and their weights.
 *
 * @param linear from the token to a logit for each expert; its tap has the router logits. (C, E)
 * @param scores what the logits become before the choice
 * @param choice which experts are chosen
 * @param weighting what the scores of the chosen experts become
 */
public record Router(Linear linear, Scores scores, ExpertChoice choice, Weighting weighting) {
    /** The scores of all experts, by which they are chosen. */
    public enum Scores {
        /** The logits. */
        LOGITS,
        /** The softmax over all experts. */
        SOFTMAX,
        /** The sigmoid of each logit. */
        SIGMOID
    }

    /** The tap of the chosen experts: their indices, in ascending order. */
    public String chosenTap() {
        return linear.name() + ".chosen";
    }

    /** The tap of the weights of the chosen experts, in the same order. */
    public String weightsTap() {
        return linear.name() + ".weights";
    }

    /** (T, C) -> (T, K) */
    Routing forward(Tensor x, ForwardPass pass) {
        Tensor logits = linear.forward(x, pass);
        Tensor all = switch (scores) {
            case LOGITS -> logits;
            case SOFTMAX -> pass.kernels().softmax(logits);
            case SIGMOID -> pass.kernels().activate(logits, Activation.SIGMOID);
        };
        Tensor chosen = pass.trace().of(chosenTap(), choice.of(all));
        return new Routing(chosen, pass.trace().of(weightsTap(), weighting.of(of(all, chosen))));
    }

    /** The scores of the chosen experts. (T, E), (T, K) -> (T, K) */
    private static Tensor of(Tensor scores, Tensor chosen) {
        Tensor picked = Tensor.zeros(chosen.shape());
        for (int slot = 0; slot < picked.size(); slot++) {
            picked.data()[slot] = scores.at(slot / chosen.size(-1), (int) chosen.data()[slot]);
        }
        return picked;
    }
}
