package dev.touchstone.families;

import dev.touchstone.model.ExpertChoice;
import dev.touchstone.model.Experts;
import dev.touchstone.model.Experts.Projection;
import dev.touchstone.model.Mlp.NamedActivation;
import dev.touchstone.model.Router;
import dev.touchstone.model.Weighting;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.weights.Weights;
import java.util.ArrayList;
import java.util.List;

/**
 * What mixtures of experts have in common, under the names that they share.
 *
 * @param parts of the family
 * @param name the module path, such as {@code layers.0.mlp}
 * @param stored the same in the names of stored tensors, which is {@code layers.0.block_sparse_moe} in Mixtral's files
 * @param experts how many, E
 * @param inner channels of an expert, I
 */
record MixtureParts(LlamaParts parts, String name, String stored, int experts, int inner) {
    /** The names of an expert's layers if each has a tensor of its own. */
    record ExpertNames(String gate, String up, String down) {}

    private Weights weights() {
        return parts.weights();
    }

    private int channels() {
        return parts.shape().channels();
    }

    /** The router, whose weight has no bias. {@code .gate.weight} (E, C) */
    Router router(Router.Scores scores, ExpertChoice choice, Weighting weighting) {
        return new Router(
                weights().linear(name + ".gate", stored + ".gate", channels(), experts, false),
                scores,
                choice,
                weighting);
    }

    /** The choice of {@code num_experts_per_tok} experts. */
    ExpertChoice choice(int fallback) {
        int count = parts.config().size("num_experts_per_tok", fallback);
        if (count > experts) {
            throw parts.config()
                    .error("num_experts_per_tok", count, "at most the number of experts, which is " + experts);
        }
        return new ExpertChoice(count);
    }

    /**
     * The experts. Files have a tensor for each matrix of each expert; {@code save_pretrained} may also write those of all experts in one.
     * {@code .experts.gate_up_proj} (E, 2 I, C), {@code .experts.down_proj} (E, C, I)
     */
    Experts experts(ExpertNames names) {
        if (weights().has(stored + ".experts.gate_up_proj")) {
            return experts(stored + ".experts.gate_up_proj", stored + ".experts.down_proj");
        }
        return experts(
                separate(names.gate, channels(), inner),
                separate(names.up, channels(), inner),
                separate(names.down, inner, channels()));
    }

    /**
     * The experts from tensors that have the matrices of all.
     *
     * @param gateAndUp the name of the gate and up projections. (E, 2 I, C)
     * @param down the name of the down projections. (E, C, I)
     */
    Experts experts(String gateAndUp, String down) {
        int[] shape = {experts, 2 * inner, channels()};
        return experts(
                weights().stackedOutputRows(gateAndUp, shape, 0, inner),
                weights().stackedOutputRows(gateAndUp, shape, inner, inner),
                weights().stackedOutputRows(down, new int[] {experts, channels(), inner}, 0, channels()));
    }

    private Experts experts(List<Matrix> gate, List<Matrix> up, List<Matrix> down) {
        String path = name + ".experts";
        return new Experts(
                path,
                new Projection(path + ".gate_proj", gate),
                new NamedActivation(path + ".act_fn", parts.activation("hidden_act", "silu")),
                new Projection(path + ".up_proj", up),
                new Projection(path + ".down_proj", down),
                0);
    }

    /** The list grows with the matrices that are found, because {@code config.json} may claim any number of experts. */
    private List<Matrix> separate(String layer, int inputs, int outputs) {
        List<Matrix> matrices = new ArrayList<>();
        for (int expert = 0; expert < experts; expert++) {
            matrices.add(
                    weights().outputRows(stored + ".experts." + expert + "." + layer + ".weight", outputs, inputs));
        }
        return matrices;
    }
}
